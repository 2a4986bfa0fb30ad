"""How the stack tells what it is doing, without printing: the command line draws it, tests ignore it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Progress(Protocol):
    """Receives the steps of starting and stopping."""

    def step(self, title: str) -> AbstractContextManager[object]:
        """Something that takes a while; the context lasts as long as it does."""

    def detail(self, text: str) -> None:
        """A changing detail of the current step, such as megabytes so far."""

    def note(self, text: str) -> None:
        """A line worth keeping."""


class Silence:
    """A Progress that says nothing."""

    def step(self, title: str) -> AbstractContextManager[object]:
        """Nothing to show."""
        return nullcontext(title)

    def detail(self, text: str) -> None:
        """Nothing to show."""

    def note(self, text: str) -> None:
        """Nothing to show."""
