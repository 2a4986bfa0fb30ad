"""The theme's texts: complete in both languages, and in the mails that Keycloak sends itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.extension_realm import ExtensionRealm
from tests.support.mailcatcher import MailCatcher

THEME = Path(__file__).resolve().parents[3] / "realm-config" / "themes" / "aikom"


def messages(kind: str, language: str) -> dict[str, str]:
    text = (THEME / kind / "messages" / f"messages_{language}.properties").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    pairs = dict(line.split("=", 1) for line in lines)
    assert len(pairs) == len(lines), "a key stands twice"
    return pairs


@pytest.mark.parametrize("kind", ["login", "email"])
def test_every_text_is_there_in_both_languages_with_the_same_places(kind: str) -> None:
    ukrainian, english = messages(kind, "uk"), messages(kind, "en")
    assert ukrainian.keys() == english.keys()
    for key, text in ukrainian.items():
        assert ("{0}" in text) == ("{0}" in english[key]), key


@pytest.mark.parametrize("kind", ["login", "email"])
@pytest.mark.parametrize("language", ["uk", "en"])
def test_no_text_has_a_straight_apostrophe_which_would_vanish(kind: str, language: str) -> None:
    assert [key for key, text in messages(kind, language).items() if "'" in text] == []


def test_no_page_fetches_anything_from_outside() -> None:
    for file in THEME.rglob("*"):
        if file.suffix in (".ftl", ".css", ".properties"):
            assert "http" not in file.read_text(encoding="utf-8"), file


def test_a_mail_of_keycloak_is_ukrainian_and_names_support(extension: ExtensionRealm, mailcatcher: MailCatcher) -> None:
    smtp = {"host": mailcatcher.host, "port": str(mailcatcher.port), "from": "no-reply@aikom.example"}
    extension.staff.put("", {"smtpServer": smtp})
    account = extension.new_account("o.koval", attributes={"locale": ["uk"]})
    extension.staff.put(f"/users/{account}/execute-actions-email", ["UPDATE_PASSWORD"])
    (mail,) = mailcatcher.messages("o.koval@school.example")
    html = mail.message.get_body(preferencelist=("html",))
    assert html is not None
    assert "АІКОМ: доступ до центральної бази даних" in html.get_content()
    assert "support@aikom.example" in html.get_content()
