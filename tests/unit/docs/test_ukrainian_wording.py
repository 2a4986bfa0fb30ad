"""One word for one thing in every Ukrainian text that people read: pages, mails, Keycloak's pages, guides.

Keycloak's own words are replaced by the theme where they are wrong; what the theme says is read here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
READ: Final = (
    "sidecar/translations/uk/LC_MESSAGES/messages.po",
    "sidecar/templates/**/*.html",
    "provisioning/mail/templates/*",
    "provisioning/gate/explanations.py",
    "provisioning/keycloak/realm/texts.py",
    "realm-config/themes/aikom/*/messages/messages_uk.properties",
    "realm-config/*.yaml",
    "docs/*.uk.md",
    "docs/guides/*.uk.md",
)
BETTER: Final = {
    r"чинник": "фактор: so it is called on the page where one signs in",
    r"[Зз]аявк": "заява",
    r"[Нн]евірн": "неправильний: невірний is who betrays",
    r"[Дд]іючог": "чинного",
    r"у PDF\\b(?=, підпишіть)": "збережіть його як PDF",
    r"Повернутися до застосунку": "Повернутися до порталу",
    r"[Бб]езкоштовний OTP|Автентифікатор Google": "names of programs stay as they are",
    r"[а-яіїєґ]'[а-яіїєґ]": "’ in the place of a straight apostrophe",
}
"""What a text must not hold, and what it says instead."""


def texts() -> Iterator[tuple[str, str]]:
    """Place and line of every text."""
    for pattern in READ:
        found = sorted(ROOT.glob(pattern))
        assert found, pattern
        for path in found:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if not line.startswith(("#", "msgid")):
                    yield f"{path.relative_to(ROOT)}:{number}", line


@pytest.mark.parametrize("worse", BETTER)
def test_no_text_says_it_in_the_worse_way(worse: str) -> None:
    assert [f"{place}: {line}" for place, line in texts() if re.search(worse, line)] == [], BETTER[worse]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("invalidUserMessage", "Неправильний код закладу або пароль."),
        ("passwordConfirm", "Повторіть пароль"),
        ("totpAppGoogleName", "Google Authenticator"),
        ("totpAppFreeOTPName", "FreeOTP"),
    ],
)
def test_the_theme_replaces_what_keycloak_says_badly(key: str, text: str) -> None:
    theme = ROOT / "realm-config/themes/aikom/login/messages/messages_uk.properties"
    said = dict(line.split("=", 1) for line in theme.read_text(encoding="utf-8").splitlines() if "=" in line)
    assert said[key] == text


@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize(
    "alike",
    [
        {"invalidUserMessage", "invalidPasswordMessage"}
        | {"accountTemporarilyDisabledMessage", "accountPermanentlyDisabledMessage"},
        {"invalidTotpMessage", "accountTemporarilyDisabledMessageTotp", "accountPermanentlyDisabledMessageTotp"},
    ],
)
def test_what_must_not_be_told_apart_is_said_in_the_same_words(language: str, alike: set[str]) -> None:
    """Keycloak words a name that waits like a wrong password, by keys of their own: who changes one changes all."""
    theme = ROOT / f"realm-config/themes/aikom/login/messages/messages_{language}.properties"
    said = dict(line.split("=", 1) for line in theme.read_text(encoding="utf-8").splitlines() if "=" in line)
    assert len({said[key] for key in alike}) == 1
