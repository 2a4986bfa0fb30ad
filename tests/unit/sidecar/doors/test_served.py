"""AIKOM_PARTS: which parts a process serves, where each is, and that none reads another one's cookie."""

from __future__ import annotations

import pytest

from provisioning.settings import Settings, SettingsError
from sidecar.doors.served import (
    EVERYTHING,
    Served,
    address_of,
    name_apart,
    secret_apart,
    served_parts,
    settings_here,
)

OWN = {"AIKOM_SIDECAR_URL": "https://access.example.ua", "AIKOM_SESSION_SECRET": "s" * 40}
APART = {**OWN, "AIKOM_DESK_URL": "https://desk.example.ua/", "AIKOM_PUBLIC_URL": "https://list.example.ua"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (None, EVERYTHING),
        ("portal", {Served.PORTAL}),
        ("public, portal", {Served.PUBLIC, Served.PORTAL}),
        ("gate,sandbox", {Served.GATE, Served.SANDBOX}),
    ],
)
def test_a_process_serves_what_is_named_and_all_without_a_name(text: str | None, parts: frozenset[Served]) -> None:
    assert served_parts(Settings(OWN if text is None else {**OWN, "AIKOM_PARTS": text})) == parts


@pytest.mark.parametrize("text", ["push", "Portal", "portal,", "all", "portal;desk"])
def test_a_name_that_no_part_has_is_said_with_those_there_are(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        served_parts(Settings({**OWN, "AIKOM_PARTS": text}))
    assert "AIKOM_PARTS" in caught.value.message
    assert "public, portal, desk, gate, sandbox" in caught.value.remedy


def test_parts_of_one_process_have_one_address() -> None:
    with pytest.raises(SettingsError) as caught:
        served_parts(Settings(APART))
    assert "https://desk.example.ua" in caught.value.message
    assert "AIKOM_PARTS" in caught.value.remedy


def test_each_part_is_at_its_address_and_at_the_common_one_without() -> None:
    settings = Settings(APART)
    assert address_of(settings, Served.DESK) == "https://desk.example.ua"
    assert address_of(settings, Served.PUBLIC) == "https://list.example.ua"
    assert {address_of(settings, part) for part in (Served.PORTAL, Served.SANDBOX)} == {"https://access.example.ua"}


def test_a_process_sees_its_own_address_and_those_of_the_others() -> None:
    here = settings_here(Settings(APART), frozenset({Served.DESK}))
    assert here.sidecar_url == here.desk_url == "https://desk.example.ua"
    assert (here.portal_url, here.public_url) == ("https://access.example.ua", "https://list.example.ua")


def test_no_two_processes_have_a_cookie_or_a_key_in_common_even_with_one_secret() -> None:
    settings = Settings(OWN)
    processes = [EVERYTHING, *(frozenset({part}) for part in (Served.PUBLIC, Served.PORTAL, Served.DESK))]
    assert len({name_apart("aikom", parts) for parts in processes}) == len(processes)
    assert len({secret_apart(settings, parts).reveal() for parts in processes}) == len(processes)
    assert secret_apart(settings, EVERYTHING).reveal() == OWN["AIKOM_SESSION_SECRET"]
