"""Requests that a program got wrong: each mistake with its place, what came, and what is allowed. Source: RFC 9457."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import request
from werkzeug.exceptions import BadRequest

from provisioning.model.events import JsonValue

_SHOWN: Final = 100
"""Characters of what came that are given back."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One of them. `place` is a parameter of the address, such as `from`, or a JSON pointer, such as `/rights`."""

    place: str
    code: str
    allowed: tuple[str, ...]
    got: str | None = None

    def as_json(self) -> dict[str, JsonValue]:
        """Return the entry of the problem document's `errors`."""
        place = "pointer" if self.place.startswith("/") or not self.place else "parameter"
        got: dict[str, JsonValue] = {} if self.got is None else {"got": self.got[:_SHOWN]}
        return {place: self.place, "code": self.code, "allowed": list(self.allowed), **got}


class MistakenRequest(BadRequest):
    """400, with every mistake."""

    code_name = "mistaken-request"

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__()
        self.mistakes: Final = mistakes


def json_body() -> dict[str, JsonValue]:
    """Return the request's JSON object. Raises MistakenRequest for anything else."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise MistakenRequest(Mistake("", "not-an-object", ("a JSON object",)))
    return body


def chosen(name: str, allowed: Iterable[str], usual: str) -> str:
    """Return a parameter that takes one of a few words. Raises MistakenRequest."""
    value, words = request.args.get(name, usual), tuple(allowed)
    if value not in words:
        raise MistakenRequest(Mistake(name, "unknown-word", words, value))
    return value


def number(name: str, usual: int, largest: int) -> int:
    """Return a parameter that is a number from 0 to `largest`. Raises MistakenRequest."""
    value = request.args.get(name, str(usual))
    if not (value.isascii() and value.isdigit()) or len(value) > len(str(largest)) or int(value) > largest:
        raise MistakenRequest(Mistake(name, "not-a-number", (f"0 to {largest}",), value))
    return int(value)


def day(name: str, usual: date) -> date:
    """Return a parameter that is a day. Raises MistakenRequest."""
    value = request.args.get(name, usual.isoformat())
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise MistakenRequest(Mistake(name, "not-a-day", ("a day as YYYY-MM-DD",), value)) from error
