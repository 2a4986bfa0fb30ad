"""The words of a mail as its file has them: a subject, what to do if it was not you, and paragraphs in both languages.

A file `templates/<name>.mail` has a head, then Ukrainian, then `---`, then English. Paragraphs are parted by empty
lines; `-> ADDRESS | LABEL` is a link. Both forms of a mail are made from the same paragraphs, so they cannot disagree,
and a link is a link because the file says so, never because of what a fact holds. Pure but for reading its own files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from jinja2 import Environment, StrictUndefined, Template, UndefinedError

from provisioning.model.text import Text

Fact: TypeAlias = str | int | Text

FOLDER: Final = Path(__file__).parent / "templates"
SUFFIX: Final = ".mail"
_LINK: Final = "->"
_ENGLISH: Final = "---"

# No autoescape: paragraphs are escaped as a whole when the HTML form is made.
_ENVIRONMENT: Final = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as it is read. `address` where it is a link; `text` is what the link says then."""

    text: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one mail, with its facts filled in."""

    subject: str
    if_not_you: str
    uk: tuple[Paragraph, ...]
    en: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    text: Template
    address: Template | None

    def filled(self, facts: Mapping[str, object]) -> Paragraph:
        address = None if self.address is None else _one_line(self.address.render(facts))
        return Paragraph(_lines(self.text.render(facts)), address)


@dataclass(frozen=True, slots=True)
class _File:
    subject: Template
    if_not_you: str
    uk: tuple[_Part, ...]
    en: tuple[_Part, ...]


def worded(name: str, facts: Mapping[str, object]) -> Wording:
    """Fill in a mail's facts. Raises ValueError where one is missing, and for a name that no mail has."""
    if name not in names():
        raise ValueError(f"there are no words for a mail {name!r}")
    file = _read(name)
    try:
        uk, en = (tuple(p for part in parts if (p := part.filled(facts)).text) for parts in (file.uk, file.en))
        return Wording(file.subject.render(facts), file.if_not_you, uk, en)
    except UndefinedError as error:
        raise ValueError(f"the mail {name} lacks a fact: {error.message}") from error


@cache
def names() -> tuple[str, ...]:
    """Return the name of every mail there is."""
    return tuple(sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}")))


@cache
def _read(name: str) -> _File:
    head, _, body = (FOLDER / f"{name}{SUFFIX}").read_text("utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    uk, _, en = body.partition(f"\n{_ENGLISH}\n")
    subject = _ENVIRONMENT.from_string(fields["subject"])
    return _File(subject, fields["if-not-you"], _parts(uk), _parts(en))


def _parts(text: str) -> tuple[_Part, ...]:
    return tuple(_part(block) for block in text.split("\n\n") if block.strip())


def _part(block: str) -> _Part:
    words = _one_line(block)
    if not words.startswith(_LINK):
        return _Part(_ENVIRONMENT.from_string(words), None)
    address, label = words.removeprefix(_LINK).rsplit("|", 1)
    return _Part(_ENVIRONMENT.from_string(label.strip()), _ENVIRONMENT.from_string(address.strip()))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> str:
    """What a person wrote keeps its lines."""
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
