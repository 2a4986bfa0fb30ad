"""When wrong passwords at many names are an alarm, and when people mistyped."""

from __future__ import annotations

import pytest

from provisioning.lifecycle.accounts.guessing import FROM_ALL, FROM_ONE_ADDRESS, summed_up


@pytest.mark.parametrize(
    ("tried", "alarming"),
    [
        ([], False),
        ([("46-1", "a")] * 1000, False),
        ([(f"46-{n}", "a") for n in range(FROM_ONE_ADDRESS - 1)], False),
        ([(f"46-{n}", "a") for n in range(FROM_ONE_ADDRESS)], True),
        ([(f"46-{n}", f"a{n}") for n in range(FROM_ALL - 1)], False),
        ([(f"46-{n}", f"a{n}") for n in range(FROM_ALL)], True),
        ([(f"46-{n}", f"2001:db8:1:2::{n:x}") for n in range(FROM_ONE_ADDRESS)], True),
        ([(f"46-{n}", f"2001:db8:1:{n:x}::1") for n in range(FROM_ONE_ADDRESS)], False),
        ([(f"46-{n}", f"::ffff:192.0.2.{n}") for n in range(FROM_ONE_ADDRESS)], False),
        ([("Ivan", "a"), ("IVAN", "a"), ("ivan", "a")] * FROM_ONE_ADDRESS, False),
    ],
)
def test_many_names_are_an_alarm_and_one_name_is_not(tried: list[tuple[str, str]], alarming: bool) -> None:
    assert summed_up(tried).is_alarming is alarming


def test_the_busiest_address_is_named() -> None:
    found = summed_up([("a", "1.1.1.1"), ("b", "1.1.1.1"), ("c", "2.2.2.2")])
    assert (found.names, found.address, found.names_of_address) == (3, "1.1.1.1", 2)
    assert "1.1.1.1" in found.sentence
