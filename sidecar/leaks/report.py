"""What a report says, in any of the forms in which it comes. PURE. What it holds is never logged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_PLACES: Final = ("url", "where", "source")
"""Keys under which reports say where a key was found, the best first. `url` and `source` are GitHub's."""

_DEPTH: Final = 5


@dataclass(frozen=True, slots=True)
class Report:
    """A text in which keys may stand, and where it was found, in the reporter's words."""

    text: str
    where: str


def read_report(document: Any) -> Report | None:
    """Read a report from JSON with strings anywhere in it; None when there is no string at all.

    Takes what GitHub's secret scanning sends to its partners, `[{"token": …, "type": …, "url": …}]`, and plainer forms
    such as `{"keys": […], "where": …}`.
    """
    strings = list(_strings(document, _DEPTH))
    if not strings:
        return None
    places = [value for name in _PLACES for key, value in strings if key == name]
    return Report("\n".join(value for _, value in strings), _one_line(places[0]) if places else "")


def _strings(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Every string with the key under which it stands."""
    yield from _named("", value, depth)


def _named(name: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif depth > 0 and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _named(str(key), item, depth - 1)
    elif depth > 0 and isinstance(value, Sequence):
        for item in value:
            yield from _named(name, item, depth - 1)


def _one_line(text: str) -> str:
    """Without line ends and invisible characters: it goes into the ledger and before people's eyes."""
    return "".join(character if character.isprintable() else " " for character in text).strip()
