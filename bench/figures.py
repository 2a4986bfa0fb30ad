"""Figures side by side with their references, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. `goal` names the goal; `limit` is the largest value of `ratio` (or of `value`) that meets it.

    `reference` is measured in the same run; None where the goal limits the value itself.
    """

    goal: str
    what: str
    size: int
    value: float
    unit: str
    limit: float
    reference: float | None = None

    @property
    def ratio(self) -> float:
        """What is compared with the limit."""
        return self.value if self.reference is None else self.value / self.reference

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.limit

    def line(self) -> str:
        """For people."""
        against = "" if self.reference is None else f"   reference {self.reference:9.2f} {self.unit}"
        verdict = "met" if self.is_met else "NOT MET"
        return (
            f"{self.goal}  {self.size:>7,}  {self.what:<44} {self.value:9.2f} {self.unit}{against}"
            f"   {self.ratio:7.3f} of at most {self.limit:g}: {verdict}"
        )


def show(figures: Sequence[Figure], out: Path | None) -> None:
    """Print the figures as they are for people, then as JSON; the JSON also goes to `out`."""
    for figure in figures:
        print(figure.line())  # noqa: T201 - a bench prints its figures
    document = [{**asdict(figure), "ratio": round(figure.ratio, 4), "met": figure.is_met} for figure in figures]
    text = json.dumps(document, indent=2)
    print(text)  # noqa: T201
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text + "\n", encoding="utf-8")
