"""EDRPOU codes: invented ones, wrong control digits, and codes that strangers share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stdnum.ua import edrpou

from provisioning.registry.problems import Problem, error, warning
from provisioning.registry.records import Record
from provisioning.registry.rules.scene import Scene

_PLACEHOLDERS: Final = frozenset({"12345678", "87654321", "01234567", "00000001"}).union(
    digit * 8 for digit in "0123456789"
)
"""Some of them have a right control digit, so they need a list."""


def is_placeholder(code: str) -> bool:
    """Return whether a code was typed only because a form wanted one."""
    return code in _PLACEHOLDERS


def placeholder_codes(scene: Scene) -> Iterator[Problem]:
    """Report codes that were typed only because a form wanted one."""
    for record in scene.records:
        code = record.entry.get("edrpou")
        if code in _PLACEHOLDERS:
            remedy = "write the real code, or remove the key"
            yield error("edrpou-placeholder", record.at("edrpou"), f"edrpou: {code} is a placeholder", remedy)


def control_digits(scene: Scene) -> Iterator[Problem]:
    """Report a wrong control digit, as a warning only: 0.6 % of the codes in real registers have one."""
    for record in scene.records:
        code = record.entry.get("edrpou")
        if code is None or code in _PLACEHOLDERS or code[7] == edrpou.calc_check_digit(code):
            continue
        message = f"edrpou: {code} has a wrong control digit"
        yield warning("edrpou-control-digit", record.at("edrpou"), message, "compare it with the state register")


def shared_codes(scene: Scene) -> Iterator[Problem]:
    """Report a shared code, except that of an institution and its branches: it is probably a slip."""
    first: dict[str, Record] = {}
    for record in scene.records:
        code = record.entry.get("edrpou")
        if code is None or code in _PLACEHOLDERS or record.names("branch_of") or not record.alive:
            continue
        other = first.setdefault(code, record)
        if other is not record:
            message = f"edrpou: {code} also stands at {other.at('edrpou')}"
            remedy = "correct one of the two, or make this one a branch with `branch_of:`"
            yield warning("edrpou-shared", record.at("edrpou"), message, remedy)
