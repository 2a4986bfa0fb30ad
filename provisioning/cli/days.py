"""Days on the command line, written as in YAML: YYYY-MM-DD."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import click

_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Day(click.ParamType[date]):
    """A day of the calendar; whether it may stand where it is given is the rule of what it is given for."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; ends the command for what is none."""
        if isinstance(value, date):
            return value
        text = str(value)
        try:
            return date.fromisoformat(text if _ISO.fullmatch(text) else "")
        except ValueError as error:
            raise click.BadParameter(f"{text!r} is no day; write it as 2026-11-30", ctx, param) from error


DAY: Final = _Day()
