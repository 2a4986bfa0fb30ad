"""Values that come from elsewhere and are kept as they were: JSON objects, and times of Keycloak. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from provisioning.model.events.canonical import JsonValue, canonical_json, parse_json, parse_time
from provisioning.model.events.codec_atoms import OddShape, read_text, write_text


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object of another's shape, such as a key set (RFC 7517), as canonical JSON text."""

    text: str

    WORDS: ClassVar[str] = "object"
    SHAPE: ClassVar[str] = "object"

    @classmethod
    def of(cls, value: Mapping[str, JsonValue]) -> JsonObject:
        """Return the object with these fields. Raises ValueError for one that has no canonical form."""
        return cls(canonical_json(value).decode())

    @classmethod
    def from_json(cls, value: Any) -> JsonObject:
        """Read it. Raises OddShape for what is no object."""
        if not isinstance(value, Mapping):
            raise OddShape("an object is wanted")
        try:
            return cls.of(value)
        except ValueError as error:
            raise OddShape(str(error)) from None

    def to_json(self) -> JsonValue:
        """Write it as it was. Raises OddShape when the text is no object."""
        return self.fields()

    def fields(self) -> dict[str, JsonValue]:
        """Return the object's fields. Raises OddShape when the text is no object."""
        try:
            value = parse_json(self.text)
            is_canonical = isinstance(value, dict) and canonical_json(value).decode() == self.text
        except ValueError as error:
            raise OddShape(str(error)) from None
        if not is_canonical:
            raise OddShape("an object in canonical JSON is wanted")
        fields: dict[str, JsonValue] = value
        return fields


@dataclass(frozen=True, slots=True)
class KeycloakTime:
    """A moment as Keycloak wrote it, ISO 8601 of any width; the text is kept, because it was hashed."""

    text: str

    WORDS: ClassVar[str] = "time as Keycloak writes it"
    SHAPE: ClassVar[str] = "text"

    @property
    def at(self) -> datetime | None:
        """The moment in UTC; None when the text is none."""
        try:
            return parse_time(self.text)
        except ValueError:
            return None

    @classmethod
    def from_json(cls, value: Any) -> KeycloakTime:
        """Read it. Raises OddShape for what is no text."""
        return cls(read_text(value))

    def to_json(self) -> JsonValue:
        """Write it as it was. Raises OddShape for what is no text that can be recorded."""
        return write_text(self.text)
