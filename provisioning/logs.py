"""Logs as JSON lines on standard error. Owns their shape; bodies, query strings, cookies and headers never get in.

JSON in plain ASCII escapes every line end, U+2028 included, so one event is one line whatever a client sends.
"""

from __future__ import annotations

import logging
import sys
from typing import Final, TextIO

import structlog
from structlog.typing import Processor

_SHARED: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    # Local variables may hold tokens, so a traceback is written without them.
    structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
)


def configure_logging(stream: TextIO | None = None) -> None:
    """Send our events and those of the libraries to `stream` (standard error) in one shape."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=list(_SHARED),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # Authlib writes code verifiers at DEBUG; nothing below INFO leaves the process.
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
