"""How long work tells its progress without knowing about terminals."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives stages of a long run. Implemented by the command line; `Silent` for everyone else."""

    def stage(self, label: str, total: int | None = None) -> None:
        """Begin a new stage; `total` in objects when it is known."""
        ...

    def advance(self, count: int = 1) -> None:
        """Count so many objects more as done. May be called from several threads."""
        ...


class Silent:
    """Says nothing."""

    def stage(self, label: str, total: int | None = None) -> None:
        """Show nothing."""

    def advance(self, count: int = 1) -> None:
        """Show nothing."""
