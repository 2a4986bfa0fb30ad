"""Moves are summed up by who loses and who gets, whatever lies between."""

from __future__ import annotations

import pytest

from provisioning.model.identifiers import InstitutionId, Username
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.changes import AccountChange, Verdict
from provisioning.planning.moves import Move, moves_of
from tests.support.images import ATTRIBUTES, alive, image

ROOT, ONE, OTHER, CITY = (InstitutionId(name) for name in ("00-0000001", "46-0000100", "46-0000200", "46-0000300"))
NAMES = {ONE: "Перший відділ", OTHER: "Другий відділ"}


def changes(*spheres: tuple[str, str]) -> tuple[AccountChange, ...]:
    names = [Username(f"46-{number:07d}") for number in range(1, len(spheres) + 1)]
    places = dict(zip(names, spheres, strict=True))
    actual = {name: image(name, attributes={**ATTRIBUTES, "sphere": before}) for name, (before, _) in places.items()}
    wanted = [alive(name, attributes={**ATTRIBUTES, "sphere": after}) for name, (_, after) in places.items()]
    return diff_accounts(wanted, actual, dict.fromkeys(names, Verdict.ALIVE)).changes


@pytest.mark.parametrize(
    ("before", "after", "from_whom", "to_whom"),
    [
        (f"/{ROOT}/{ONE}/1", f"/{ROOT}/{OTHER}/1", ONE, OTHER),
        (f"/{ROOT}/{ONE}/{CITY}/1", f"/{ROOT}/{OTHER}/{CITY}/1", ONE, OTHER),
        (f"/{ROOT}/{ONE}/1/2", f"/{ROOT}/{OTHER}/1/2", ONE, OTHER),
        (f"/{ROOT}/1", f"/{ROOT}/{ONE}/1", ROOT, ONE),
        (f"/{ROOT}/{ONE}/1", f"/{ROOT}/1", ONE, ROOT),
        (f"/{ROOT}/{ONE}/1", "/1", ONE, None),
        ("/1", f"/{ROOT}/1", None, ROOT),
    ],
)
def test_a_move_is_from_whom_it_parts_to_whom_it_comes(
    before: str, after: str, from_whom: InstitutionId | None, to_whom: InstitutionId | None
) -> None:
    (move,) = moves_of(changes((before, after)), NAMES)
    assert (move.before, move.after, move.accounts) == (from_whom, to_whom, 1)


def test_moves_between_the_same_two_are_one_and_the_largest_comes_first() -> None:
    found = moves_of(
        changes(
            (f"/{ROOT}/{OTHER}/1", f"/{ROOT}/{ONE}/1"),
            (f"/{ROOT}/{ONE}/2", f"/{ROOT}/{OTHER}/2"),
            (f"/{ROOT}/{ONE}/{CITY}", f"/{ROOT}/{OTHER}/{CITY}"),
            (f"/{ROOT}/{ONE}/{CITY}/3", f"/{ROOT}/{OTHER}/{CITY}/3"),
        ),
        NAMES,
    )
    assert found == (
        Move(ONE, OTHER, 3, "Перший відділ", "Другий відділ"),
        Move(OTHER, ONE, 1, "Другий відділ", "Перший відділ"),
    )
    assert found[0].message == f"3 accounts from {ONE} Перший відділ to {OTHER} Другий відділ"
    assert found[1].message.startswith("1 account from")


def test_another_change_is_no_move() -> None:
    same = f"/{ROOT}/{ONE}/1"
    assert moves_of(changes((same, same)), NAMES) == ()
