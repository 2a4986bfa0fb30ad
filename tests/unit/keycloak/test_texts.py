"""Texts that Keycloak shows: name and contact of `realm.yaml`, as Keycloak shows them unchanged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provisioning.keycloak.realm.handler import RealmContext
from provisioning.keycloak.realm.texts import Texts
from provisioning.model.configuration import Configuration, Contact
from provisioning.model.text import Text
from provisioning.registry import load_configuration
from provisioning.settings import Settings

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    found = load_configuration(ROOT / "realm-config").configuration
    assert found is not None
    return found


def texts(configuration: Configuration, language: str) -> dict[str, str]:
    """What is to stand in the realm for a language."""
    (found,) = (each for each in Texts().desired(RealmContext(configuration, Settings({}))) if each.name == language)
    return {key: str(value) for (key,), value in found.fields.items()}


def test_name_and_contact_are_those_of_the_configuration(configuration: Configuration) -> None:
    policy = configuration.realm
    assert policy.support.hours is not None
    for language in ("uk", "en"):
        shown = texts(configuration, language)
        assert shown["loginTitle"] == shown["aikomMailBrand"] == getattr(policy.display_name, language)
        for key in ("aikomSupport", "aikomMailSupport"):
            for part in (policy.support.email, policy.support.phone, getattr(policy.support.hours, language)):
                assert str(part) in shown[key]


def test_every_text_of_the_theme_that_names_the_house_comes_from_the_configuration(
    configuration: Configuration,
) -> None:
    themes = ROOT / "realm-config" / "themes" / "aikom"
    keys = {
        line.split("=", 1)[0]
        for kind in ("login", "email")
        for line in (themes / kind / "messages" / "messages_uk.properties").read_text(encoding="utf-8").splitlines()
        if "support@" in line or line.startswith(("loginTitle=", "loginTitleHtml=", "aikomMailBrand="))
    }
    assert keys
    assert keys - texts(configuration, "uk").keys() == set()


def test_signs_that_mean_something_to_keycloak_are_shown_and_not_obeyed(configuration: Configuration) -> None:
    named = replace(configuration.realm, display_name=Text("Об'єднання {0}", "Ministry's {1,number}"))
    asked = replace(named, support=Contact("help@iea.example", None, None, Text("з 9:00, крім п'ятниці", "9 o'clock")))
    changed = replace(configuration, realm=asked)
    assert texts(changed, "uk")["loginTitle"] == "Об’єднання (0)"
    assert texts(changed, "en")["loginTitle"] == "Ministry’s (1,number)"
    assert texts(changed, "uk")["aikomSupport"].endswith("help@iea.example (з 9:00, крім п’ятниці)")
