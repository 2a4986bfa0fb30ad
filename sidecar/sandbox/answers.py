"""What the invented central database answers: invented facts, always the same. What is sent to it is not kept. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import unquote

from provisioning.gate.decision import Allow
from sidecar.sandbox.invented import invent

_BEFORE: Final = 3
"""`v1`, `institutions` and the institution's id come first."""

NOT_KEPT: Final = {"sandbox": "taken in and not kept"}


def answer(method: str, segments: Sequence[str], allow: Allow) -> tuple[int, Any]:
    """Return status and JSON for a request that the gate let through; `segments` are those of its path."""
    words = tuple(unquote(segment) for segment in segments[_BEFORE:])
    if method not in ("GET", "HEAD"):
        return (201 if method == "POST" else 200), NOT_KEPT
    facts = {"id": allow.reached, "name": f"Вигаданий ліцей {allow.reached}", "is_authority": False}
    if len(segments) < _BEFORE:
        return 200, [facts]
    if not words:
        return 200, facts
    if len(words) % 2:
        return 200, [{"id": name, **record} for name, record in invent(allow.reached, words).items()]
    record = invent(allow.reached, words[:-1]).get(words[-1])
    return (404, {"error": "no such record"}) if record is None else (200, {"id": words[-1], **record})
