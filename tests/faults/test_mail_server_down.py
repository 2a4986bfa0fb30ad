"""A mail server that is down for a day: base keys wait, are tried again, and arrive once.

Source: docs/security.md row 38.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.lifecycle.mail.outbox import MailResult, Sent, send_outbox
from provisioning.model.records import MailState
from provisioning.settings import Settings
from tests.support.kill_field import CLOCK_STEP_S, Field
from tests.support.kill_worker import perform

pytestmark = pytest.mark.assure

NAME = "46-0000001"
NOWHERE = "smtp://127.0.0.1:9"
DAY = int(86_400 / CLOCK_STEP_S)
"""In steps of the field's clock."""


def send(field: Field, smtp_url: str | None = None) -> Sent:
    with field.worker() as worker:
        values = {**field.settings.values, **({"AIKOM_SMTP_URL": smtp_url} if smtp_url else {})}
        return send_outbox(replace(worker, settings=Settings(values)).workshop)


def test_mail_waits_a_day_and_is_then_sent_once(shared_field: Field) -> None:
    send(shared_field)
    with shared_field.worker() as worker:
        perform(worker, "invite", NAME)
    before = len(shared_field.catcher.messages())
    for hours in range(0, 24, 6):
        shared_field.lives += DAY // 4
        assert send(shared_field, NOWHERE).unreachable is not None, hours
    with shared_field.worker() as worker, worker.actor.ledger.reader() as reader:
        (waiting,) = reader.mails(MailState.QUEUED)
        assert reader.mails(MailState.FAILED) == ()
    assert waiting.subject_account == NAME
    shared_field.lives += DAY // 4
    assert send(shared_field).counts == {MailResult.SENT: 1}
    assert send(shared_field).counts == {}
    assert len(shared_field.catcher.messages()) == before + 1
    assert shared_field.recover(with_apply=False) == []
