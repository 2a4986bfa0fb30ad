"""The stack's files: state, settings, lock and mails. Private, whole at every moment, and kept over a restart."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import MappingProxyType

import pytest

from provisioning.settings import VARIABLES, load_settings
from provisioning.stack.environment import ensure_environment
from provisioning.stack.errors import StackBusy, StackError
from provisioning.stack.locking import take_lock
from provisioning.stack.mail_store import MailStore
from provisioning.stack.paths import StackPaths, write_private
from provisioning.stack.process import RunningProcess
from provisioning.stack.state import Part, PartRecord, Port, StackState, load_state, save_state

PORTS = MappingProxyType({Port.KEYCLOAK: 8080, Port.HEALTH: 9090, Port.SMTP: 1025, Port.SIDECAR: 8000})
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def paths(tmp_path: Path) -> StackPaths:
    paths = StackPaths.of(tmp_path / ".aikom")
    paths.create()
    return paths


def _mail(message_id: str, text: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["Message-ID"] = "Базовий ключ доступу", message_id
    mail.set_content(text)
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    return mail.as_bytes()


def test_a_state_is_read_as_it_was_written(paths: StackPaths) -> None:
    state = StackState(PORTS).with_part(Part.MAIL, PartRecord(RunningProcess(123, 1764000000.25), "abc 1025"))
    save_state(paths.state, state)
    assert load_state(paths.state) == state
    assert load_state(paths.root / "none.json") == StackState()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"ports": {"x": 1}, "parts": {}}', '{"ports": [], "parts": {}}'])
def test_a_state_that_makes_no_sense_is_refused_in_words(paths: StackPaths, text: str) -> None:
    paths.state.write_text(text)
    with pytest.raises(StackError, match="does not describe a stack"):
        load_state(paths.state)


def test_secrets_are_made_once_and_addresses_follow_the_ports(paths: StackPaths) -> None:
    first = ensure_environment(paths, PORTS)
    second = ensure_environment(paths, {**PORTS, Port.KEYCLOAK: 8181})
    secrets = {name for name in first if name.endswith("SECRET")}
    assert len(secrets) == 8
    assert all(first[name] == second[name] and len(first[name]) >= 43 for name in secrets)
    assert second["AIKOM_KEYCLOAK_PUBLIC_URL"] == "http://localhost:8181"
    assert stat.S_IMODE(paths.env.stat().st_mode) == 0o600


def test_the_stack_s_settings_are_settings_of_the_program_and_lines_of_a_person_stay(paths: StackPaths) -> None:
    ensure_environment(paths, PORTS)
    with paths.env.open("a") as file:
        file.write("AIKOM_CONFIG=/elsewhere\n")
    settings = ensure_environment(paths, PORTS)
    assert settings.keys() <= VARIABLES.keys()
    assert str(load_settings({}, paths.env).config_dir) == "/elsewhere"


def test_a_private_file_is_replaced_and_was_never_readable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_lock_is_held_by_one_and_free_again_afterwards(tmp_path: Path) -> None:
    lock = tmp_path / "stack.lock"
    with take_lock(lock), pytest.raises(StackBusy), take_lock(lock):
        pass
    with take_lock(lock):
        pass


def test_a_mail_sent_twice_is_one_with_two_deliveries(tmp_path: Path) -> None:
    store = MailStore(tmp_path / "mail")
    for recipient in ("a@example.ua", "a@example.ua"):
        store.add(_mail("<1@example.ua>", "Посилання"), (recipient,), NOON)
    store.add(_mail("<2@example.ua>", "Інше"), ("b@example.ua", "c@example.ua"), NOON + timedelta(hours=1))
    first, second = store.all()
    assert (first.message_id, first.deliveries, first.subject) == ("<1@example.ua>", 2, "Базовий ключ доступу")
    assert first.text.strip() == "Посилання"
    assert (second.deliveries, second.recipients) == (1, ("b@example.ua", "c@example.ua"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "mail").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700


def test_mails_without_a_message_id_are_told_apart_by_their_content(tmp_path: Path) -> None:
    store = MailStore(tmp_path)
    for content in (b"Subject: one\r\n\r\n1", b"Subject: two\r\n\r\n2", b"Subject: one\r\n\r\n1"):
        store.add(content, ("a@example.ua",), NOON)
    assert sorted((mail.subject, mail.deliveries) for mail in store.all()) == [("one", 2), ("two", 1)]
    store.clear()
    assert store.all() == ()
