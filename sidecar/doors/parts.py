"""Parts that a room registers in the application, and that its views find there.

Each part has a key of its own in `app.extensions`. An application that leaves out a room registers none of its parts,
has none of its power, and needs none of its secrets.
"""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from flask import Flask, current_app

Kind = TypeVar("Kind")


class PartMissing(LookupError):
    """A view asks for a part that this application does not have: it was mounted without its room."""


class Part(Generic[Kind]):
    """Typed place of one part: `office: Final = Part[Office]("office")`. Calling it gives the part itself."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._key = f"aikom.{name}"

    def register(self, app: Flask, part: Kind) -> None:
        """Put the part into the application. A second one takes the first one's place."""
        app.extensions[self._key] = part

    def of(self, app: Flask) -> Kind:
        """Return the part of an application. Raises PartMissing."""
        if self._key not in app.extensions:
            raise PartMissing(f"this application has no {self._name}")
        return cast(Kind, app.extensions[self._key])

    def __call__(self) -> Kind:
        """Return the part of the application that handles this request. Raises PartMissing."""
        return self.of(current_app)

    @property
    def is_there(self) -> bool:
        """Return whether the application that handles this request has the part."""
        return self._key in current_app.extensions
