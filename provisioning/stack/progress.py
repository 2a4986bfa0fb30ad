"""The interface by which the stack shows what it does, without printing: the command line draws it, tests ignore it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Progress(Protocol):
    """Receives the steps of starting and stopping."""

    def step(self, title: str) -> AbstractContextManager[object]:
        """Show a step that takes a while; the context lasts as long as it does."""

    def detail(self, text: str) -> None:
        """Show a changing detail of the current step, such as megabytes so far."""

    def note(self, text: str) -> None:
        """Show a line that stays."""


class Silence:
    """A Progress that says nothing."""

    def step(self, title: str) -> AbstractContextManager[object]:
        """Show nothing."""
        return nullcontext(title)

    def detail(self, text: str) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""
