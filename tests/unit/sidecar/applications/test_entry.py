"""What is wrong with an application is told all at once, field by field; nothing is fetched to find out."""

from __future__ import annotations

from typing import Any

import pytest

from provisioning.model.application import Application
from provisioning.model.jwks import KeyFault
from sidecar.applications.entry import FieldProblem, read_application
from sidecar.outside.addresses import UrlFault
from tests.support.ois_application import ENTRY, KEY, entry

RIGHTS = frozenset({"students.read", "classes.read"})
PRIVATE = {"keys": [dict(KEY.as_dict(private=True))]}


def test_a_good_application_is_read_and_stored_without_loss() -> None:
    found = read_application(ENTRY, RIGHTS)
    assert isinstance(found, Application)
    assert Application.from_data(found.as_data()) == found
    assert (found.slug, found.rights) == ("diary", ("students.read", "classes.read"))


def test_the_record_does_not_name_the_contact_or_the_phone() -> None:
    found = read_application(ENTRY, RIGHTS)
    assert isinstance(found, Application)
    data = found.as_applied().to_data()
    assert "Ірина" not in str(data) and "+380" not in str(data)
    assert data["jwks"] == {"keys": [{**ENTRY["jwks"]["keys"][0], "use": "sig"}]}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("slug", None, "required"),
        ("slug", "Diary", "wrong-shape"),
        ("slug", "a--b", "wrong-shape"),
        ("slug", "ab", "required"),
        ("slug", "a" * 41, "too-long"),
        ("name", "", "required"),
        ("name", "x" * 301, "too-long"),
        ("name", "Що\u200bденник", "hidden-characters"),
        ("name", "Щоденник\r\nBcc: x", "hidden-characters"),
        ("operator", "\u202eEvil", "hidden-characters"),
        ("name", 5, "wrong-type"),
        ("edrpou", "2145719", "wrong-shape"),
        ("site", "http://diary.example.ua", UrlFault.NOT_HTTPS.value),
        ("site", "https://127.0.0.1/", UrlFault.NUMERIC_HOST.value),
        ("redirect_uris", ["https://diary.example.ua/x", "https://0x7f.1/"], UrlFault.NUMERIC_HOST.value),
        ("redirect_uris", ["https://diary.example.ua/*"], UrlFault.STRANGE_CHARACTERS.value),
        ("email", "it@", "wrong-shape"),
        ("email", "it@diary.example.ua, other@x.ua", "wrong-shape"),
        ("phone", "044 000 00 00", "wrong-shape"),
        ("purposes", [], "required"),
        ("purposes", ["x"] * 11, "too-long"),
        ("rights", [], "required"),
        ("rights", ["students.read", "grades.erase"], "unknown-right"),
        ("jwks", PRIVATE, KeyFault.PRIVATE.value),
        ("jwks", {"keys": []}, KeyFault.NO_KEYS.value),
        ("networks", ["10.0.0.0/8"], "network-not-public"),
        ("networks", ["8.0.0.0/8"], "network-not-public"),
        ("networks", ["203.0.114.1/24"], "wrong-shape"),
        ("networks", ["::/0"], "network-not-public"),
        ("role", "administrator", "unknown-field"),
    ],
)
def test_each_mistake_is_named_with_its_field(field: str, value: Any, code: str) -> None:
    found = read_application(entry(**{field: value}), RIGHTS)
    assert isinstance(found, tuple)
    assert (field, code) in {(problem.field, problem.code) for problem in found}


def test_keys_come_from_one_place() -> None:
    both = read_application(entry(jwks_url="https://diary.example.ua/jwks"), RIGHTS)
    neither = read_application(entry(jwks=None), RIGHTS)
    assert both == neither == (FieldProblem("jwks_url", "one-source-of-keys"),)
    assert isinstance(read_application(entry(jwks=None, jwks_url="https://diary.example.ua/jwks"), RIGHTS), Application)


def test_all_mistakes_are_told_at_once() -> None:
    wrong = entry(slug="X", site="ftp://x", email="-", phone=None, rights=["no.such"])
    found = read_application(wrong, RIGHTS)
    assert not isinstance(found, Application)
    assert {problem.field for problem in found} == {"slug", "site", "email", "phone", "rights"}
