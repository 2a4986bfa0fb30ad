"""What has become of a base key: every state, and who needs another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provisioning.model.base_key_state import BaseKeyState, base_key_status, needs_base_key
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.records import AccountRecord, AccountState, Mail, MailState

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LIFE = timedelta(hours=72)
RECORD = AccountRecord(
    Username("46-0000001"), InstitutionId("46-0000001"), 1, False, AccountState.INVITED, NOW, base_key_id="bk"
)
MAIL = Mail(
    key="bk",
    template="base-key",
    recipient="a@example.ua",
    subject_account="46-0000001",
    state=MailState.SENT,
    attempts=1,
    next_try_at=NOW,
    last_error=None,
    created_at=NOW,
    sent_at=NOW - timedelta(hours=1),
)
OLD = replace(MAIL, sent_at=NOW - LIFE)


@pytest.mark.parametrize(
    ("record", "mail", "state", "needs"),
    [
        (RECORD, MAIL, BaseKeyState.SENT, False),
        (RECORD, OLD, BaseKeyState.EXPIRED, True),
        (RECORD, None, BaseKeyState.WAITING, False),
        (RECORD, replace(MAIL, state=MailState.QUEUED, sent_at=None), BaseKeyState.WAITING, False),
        (RECORD, replace(MAIL, state=MailState.SENDING, sent_at=None), BaseKeyState.WAITING, False),
        (RECORD, replace(MAIL, state=MailState.FAILED), BaseKeyState.FAILED, True),
        (replace(RECORD, base_key_id=None), None, BaseKeyState.NONE, True),
        (replace(RECORD, state=AccountState.DEACTIVATED), OLD, BaseKeyState.NONE, False),
        (replace(RECORD, state=AccountState.ACTIVE, base_key_id=None), None, BaseKeyState.NONE, False),
        (replace(RECORD, state=AccountState.ACTIVE), OLD, BaseKeyState.EXPIRED, False),
    ],
)
def test_the_state_follows_record_and_mail(
    record: AccountRecord, mail: Mail | None, state: BaseKeyState, needs: bool
) -> None:
    status = base_key_status(record, mail, LIFE, NOW)
    assert status.state is state
    assert needs_base_key(record, status) is needs


def test_a_link_lives_from_its_sending() -> None:
    assert base_key_status(RECORD, MAIL, LIFE, NOW).valid_until == NOW + timedelta(hours=71)
