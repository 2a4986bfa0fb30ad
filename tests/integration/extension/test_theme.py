"""The theme's texts: complete in both languages, and in the mails that Keycloak sends itself."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from provisioning.stack.extension import ensure_extension
from provisioning.stack.progress import Silence
from tests.support.accessibility import check_accessible
from tests.support.extension_realm import ExtensionRealm
from tests.support.keycloak_server import PROJECT
from tests.support.mailcatcher import MailCatcher

KINDS = ["login", "account", "email"]
THEME = Path(__file__).resolve().parents[3] / "realm-config" / "themes" / "aikom"


def messages(kind: str, language: str) -> dict[str, str]:
    text = (THEME / kind / "messages" / f"messages_{language}.properties").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    pairs = dict(line.split("=", 1) for line in lines)
    assert len(pairs) == len(lines), "a key stands twice"
    return pairs


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_is_there_in_both_languages_with_the_same_places(kind: str) -> None:
    ukrainian, english = messages(kind, "uk"), messages(kind, "en")
    assert ukrainian.keys() == english.keys()
    for key, text in ukrainian.items():
        assert ("{0}" in text) == ("{0}" in english[key]), key


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["uk", "en"])
def test_no_text_has_a_straight_apostrophe_which_would_vanish(kind: str, language: str) -> None:
    assert [key for key, text in messages(kind, language).items() if "'" in text] == []


def test_no_page_fetches_anything_from_outside() -> None:
    for file in THEME.rglob("*"):
        if file.suffix in (".ftl", ".css", ".properties"):
            assert "http" not in file.read_text(encoding="utf-8"), file


def test_the_account_pages_are_in_the_portal_s_look_and_words(extension: ExtensionRealm, page: Page) -> None:
    password = "Kalyna-na-luzi-2026"
    person = {"firstName": "Олена", "lastName": "Коваль", "emailVerified": True}
    extension.new_account("look", credentials=[{"type": "password", "value": password}], **person)
    page.goto(f"{extension.url}/account/account-security/signing-in")
    page.fill("#username", "look")
    page.fill("#password", password)
    page.click("#kc-login")
    expect(page.get_by_role("link", name="Пароль і автентифікатор")).to_be_visible()
    expect(page.locator("header img[src*='mark.svg']")).to_be_visible()
    head = page.locator(".pf-v5-c-masthead")
    assert head.evaluate("element => getComputedStyle(element).backgroundColor") == "rgb(11, 42, 74)"
    # The page's own part comes by another request than its frame.
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_accessible(page, "keycloak-account")


def test_the_packaged_jar_has_the_whole_theme_as_it_stands_in_the_configuration() -> None:
    """The stack's Keycloak and the image of compose both get this jar, built by one and the same command."""
    built = ensure_extension(PROJECT, Silence())
    assert built is not None
    with ZipFile(built) as jar:
        packed = {name: jar.read(name) for name in jar.namelist() if name.startswith("theme/") and name[-1] != "/"}
        listed = json.loads(jar.read("META-INF/keycloak-themes.json"))["themes"]
    files = {f"theme/aikom/{path.relative_to(THEME)}": path.read_bytes() for path in THEME.rglob("*") if path.is_file()}
    assert packed == files
    assert listed == [{"name": "aikom", "types": KINDS}]


def test_both_ways_of_running_it_build_the_theme_from_the_configuration() -> None:
    image = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    assert "COPY realm-config/themes realm-config/themes" in image
    assert "COPY --from=extension /build/keycloak-extension/target/aikom-keycloak-extension.jar" in image


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
