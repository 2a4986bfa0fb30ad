"""Every template says what it has to say in both languages, as text and as HTML, with the facts that senders give."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from jinja2 import Environment, meta

import provisioning.mail
from provisioning.mail.message import Letter, compose
from provisioning.model.configuration import Configuration
from provisioning.registry import load_configuration
from tests.support.configuration_folder import EXAMPLE
from tests.support.strict_mail import decoded, headers_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NAMES = sorted(path.stem for path in (Path(provisioning.mail.__file__).parent / "templates").glob("*.txt"))
FACTS = {"username": "46-0000001", "institution": "Ліцей № 1", "portal": "https://access.example", "hours": 72}
KEY_FACTS = {
    "key-expiring": {"client_id": "api-46-0000001-k1", "ends": "25.12.2026 08:30 UTC", "days": 14},
    "cut-off-refused": {"number": 17, "asked": "24.11.2026", "reason": "не підписано директором"},
    "key-expired": {"client_id": "api-46-0000001-k1", "new_client_id": "api-46-0000001-k2"},
}


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration(EXAMPLE).require()


def test_the_templates_of_ageing_keys_are_there() -> None:
    assert set(KEY_FACTS) <= set(NAMES)


@pytest.mark.parametrize("name", KEY_FACTS)
def test_a_mail_about_a_key_is_in_both_languages_and_forms(configuration: Configuration, name: str) -> None:
    letter = Letter("key", name, "school@example.ua", {**FACTS, **KEY_FACTS[name]})
    message = compose(letter, configuration.realm, NOW)
    parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    assert set(parts) == {"text/plain", "text/html"}
    for text in parts.values():
        assert "Ключ" in text or "ключа" in text
        assert "API key" in text
        assert all(str(value) in text for value in KEY_FACTS[name].values())
        assert "https://access.example" in text
    assert not re.search(r"aikom_[0-9A-Za-z]{43}", str(message))
    assert "46-0000001" in message["Subject"]


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_is_read_back_strictly_and_its_two_forms_say_the_same_facts(
    configuration: Configuration, name: str
) -> None:
    facts: dict[str, str | int] = {fact: f"Їжак-{number} «Ґ»" for number, fact in enumerate(sorted(facts_of(name)))}
    message = compose(Letter("key", name, "school@example.ua", facts), configuration.realm, NOW)
    headers = headers_of(message)
    assert decoded(headers["From"]) == f"Технічний адміністратор АІКОМ <{configuration.realm.mail.sender}>"
    assert decoded(headers["Subject"]) == message["Subject"]
    assert headers["Auto-Submitted"] == "auto-generated"
    text, html = (message.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
    assert text is not None and html is not None
    shown = {kind: unescape(part.get_content()) for kind, part in (("plain", text), ("html", html))}
    said = {kind: {fact for fact, value in facts.items() if str(value) in found} for kind, found in shown.items()}
    assert said["plain"] | {"username"} == said["html"] | {"username"}, "the subject names the account in both"


def facts_of(name: str) -> set[str]:
    """What a template wants filled in, in both its forms."""
    environment = Environment(autoescape=True)
    folder = Path(provisioning.mail.__file__).parent / "templates"
    wanted = {
        fact
        for suffix in (".txt", ".html")
        for fact in meta.find_undeclared_variables(environment.parse((folder / f"{name}{suffix}").read_text("utf-8")))
    }
    return wanted - {"brand", "support", "parts"}
