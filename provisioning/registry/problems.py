"""What is wrong with the configuration, where, and what to do. Owns the words' safety: nothing printed here can
carry control or direction characters out of a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from provisioning.model.configuration import Configuration
from provisioning.model.institution import Source
from provisioning.registry.errors import InvalidConfiguration

_SHOWN_CHARACTERS: Final = 60


class Severity(StrEnum):
    """An error stops everything; a warning is shown and passed over."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `code` is stable and kebab-case; `message` says what is wrong, `remedy` what to do."""

    severity: Severity
    code: str
    source: Source
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What reading gave. `configuration` is None when there is any error; `problems` are sorted by place."""

    configuration: Configuration | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.WARNING)

    def require(self) -> Configuration:
        """Return the configuration; raises InvalidConfiguration, naming the first error, when there is none."""
        if self.configuration is not None:
            return self.configuration
        first, count = self.errors[0], len(self.errors)
        others = f" (and {count - 1} more)" if count > 1 else ""
        raise InvalidConfiguration(
            f"the configuration has errors: {first.source}: {first.message}{others}",
            remedy="run `provision validate` to see all of them with what to do",
        )


def error(code: str, source: Source, message: str, remedy: str) -> Problem:
    """Return an error at a place."""
    return Problem(Severity.ERROR, code, source, message, remedy)


def warning(code: str, source: Source, message: str, remedy: str) -> Problem:
    """Return a warning at a place."""
    return Problem(Severity.WARNING, code, source, message, remedy)


def shown(value: object) -> str:
    """Return a value from a file, safe and short enough to stand in a message."""
    text = str(value)
    cut = text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
    return cut if cut.isprintable() else "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in cut)


def in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """Sort by file, line and column; the same problem is listed once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (p.source.file, p.source.line, p.source.column, p.code)))


def as_row(problem: Problem) -> list[str | int]:
    """Return a problem as plain values."""
    source = problem.source
    return [
        problem.severity.value,
        problem.code,
        source.file,
        source.line,
        source.column,
        problem.message,
        problem.remedy,
    ]


def from_row(row: Sequence[Any]) -> Problem:
    """Return the inverse of `as_row`."""
    severity, code, file, line, column, message, remedy = row
    return Problem(Severity(severity), code, Source(file, line, column), message, remedy)
