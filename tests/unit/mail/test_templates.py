"""Every template says what it has to say in both languages, as text and as HTML, with the facts that senders give."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import provisioning.mail
from provisioning.mail.message import Letter, compose
from provisioning.model.configuration import Configuration
from provisioning.registry import load_configuration
from tests.support.configuration_folder import EXAMPLE

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
