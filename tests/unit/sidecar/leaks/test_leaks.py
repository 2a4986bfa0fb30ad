"""Reports of leaked keys: a live key ends, the answer tells nothing, the report stays out of logs and ledger."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
from flask import Flask

from provisioning.logs import configure_logging
from provisioning.model.api_key_secret import fingerprint, new_api_key
from provisioning.model.events import EventKind
from provisioning.model.records import ApiKeyState
from provisioning.model.secret import Secret
from sidecar.leaks.report import Report, read_report
from tests.support.ledger_events import event_by
from tests.support.sidecar_names import SCHOOL
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

KEY = f"api-{SCHOOL}-k1"


@pytest.fixture
def secret(sidecar: Sidecar) -> Secret:
    """The secret that the school's key has now."""
    made = new_api_key()
    facts = {"fingerprint": fingerprint(made)}
    with sidecar.ledger.transaction() as transaction:
        transaction.append([event_by("test", EventKind.API_KEY_REVEALED, KEY, facts)])
    return made


def state(sidecar: Sidecar) -> ApiKeyState:
    with sidecar.ledger.reader() as reader:
        key = reader.api_key(KEY)
    assert key is not None
    return key.state


def test_a_live_key_ends_is_replaced_and_its_owner_is_to_be_told(sidecar: Sidecar, secret: Secret) -> None:
    answer = sidecar.client().post("/leaks", json={"keys": [secret.reveal()], "where": "https://paste.example/1"})
    assert answer.status_code == 202
    assert state(sidecar) is ApiKeyState.CUT_OFF
    with sidecar.ledger.reader() as reader:
        events = list(reader.events(subject=SCHOOL, kinds=[EventKind.CUT_OFF_DECIDED]))
        tasks = {task.action for task in reader.pending_tasks()}
    assert [(event.actor, event.reason) for event in events] == [("public", "https://paste.example/1")]
    assert {"close-key", "create-key", "notify-owner"} <= tasks


def test_the_form_that_github_sends_is_understood(sidecar: Sidecar, secret: Secret) -> None:
    body = [{"token": secret.reveal(), "type": "aikom_api_key", "url": "https://github.example/x", "source": "content"}]
    assert sidecar.client().post("/leaks", json=body).status_code == 202
    assert state(sidecar) is ApiKeyState.CUT_OFF


def test_the_answer_is_the_same_for_live_dead_unknown_and_no_keys(sidecar: Sidecar, secret: Secret) -> None:
    answers = []
    for text in (secret.reveal(), secret.reveal(), new_api_key().reveal(), "nothing of ours"):
        answer = sidecar.client().post("/leaks", json={"keys": [text]})
        # What counts the client's own requests, and when they are forgotten, tells nothing about keys.
        own = ("X-Request-Id", "Retry-After", "X-RateLimit")
        headers = {name: value for name, value in answer.headers if not name.startswith(own)}
        answers.append((answer.status_code, answer.data, headers))
    assert all(answer == answers[0] for answer in answers)


def test_neither_log_nor_ledger_holds_what_was_reported(sidecar: Sidecar, secret: Secret) -> None:
    stream = io.StringIO()
    before = logging.getLogger().handlers
    configure_logging(stream)
    try:
        where = f"https://paste.example/?key={secret.reveal()}\r\n\x1b[31m"
        sidecar.client().post("/leaks", json={"keys": [secret.reveal()], "where": where, "note": "body-canary"})
    finally:
        logging.getLogger().handlers = before
    with sidecar.ledger.reader() as reader:
        recorded = json.dumps([[event.reason, str(event.data)] for event in reader.events()])
    for text in (stream.getvalue(), recorded):
        assert secret.reveal() not in text
        assert "body-canary" not in text
    assert "[API key]" in recorded
    assert "\\u001b" not in recorded


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("{}", "application/json", 400),
        ("[1, null, true]", "application/json", 400),
        ('{"keys": "x"}', "text/plain", 415),
        ("keys=x", "application/x-www-form-urlencoded", 415),
    ],
)
def test_what_is_no_report_is_refused(sidecar: Sidecar, body: str, kind: str, status: int) -> None:
    assert sidecar.client().post("/leaks", data=body, content_type=kind).status_code == status


def test_a_browser_at_another_site_cannot_report(sidecar: Sidecar, secret: Secret) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = sidecar.client().post("/leaks", json={"keys": [secret.reveal()]}, headers=headers)
    assert answer.status_code == 403
    assert state(sidecar) is ApiKeyState.REVEALED


def test_one_client_gets_no_more_than_its_share(sidecar: Sidecar) -> None:
    client = sidecar.client()
    answers = [client.post("/leaks", json={"keys": ["x"]}) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [202] * 30 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    other = sidecar.client().post("/leaks", json={"keys": ["x"]}, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert other.status_code == 202


def test_addresses_of_one_ipv6_customer_count_as_one(sidecar: Sidecar) -> None:
    client = sidecar.client()
    statuses = [
        client.post("/leaks", json=["x"], environ_base={"REMOTE_ADDR": f"2001:db8:1:2::{n:x}"}).status_code
        for n in range(31)
    ]
    assert statuses[-1] == 429


def test_without_a_ledger_nothing_is_accepted(without_ledger: Flask) -> None:
    answer = without_ledger.test_client().post("/leaks", json={"keys": ["nothing of ours"]})
    assert answer.status_code == 503


def test_people_have_a_form_for_it(sidecar: Sidecar, secret: Secret) -> None:
    client = sidecar.client()
    page = client.get("/leaks/report").get_data(as_text=True)
    token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    empty = client.post("/leaks/report", data={"csrf_token": token, "text": ""})
    assert (empty.status_code, state(sidecar)) == (400, ApiKeyState.REVEALED)
    sent = client.post("/leaks/report", data={"csrf_token": token, "text": f"curl -u x:{secret.reveal()} …"})
    assert sent.status_code == 202
    assert secret.reveal() not in sent.get_data(as_text=True)
    assert state(sidecar) is ApiKeyState.CUT_OFF


@pytest.mark.parametrize(
    ("document", "report"),
    [
        (["a", "b"], Report("a\nb", "")),
        ({"keys": ["a"], "where": "w"}, Report("a\nw", "w")),
        ([{"token": "a", "source": "content", "url": "u"}], Report("a\ncontent\nu", "u")),
        ("a", Report("a", "")),
        (None, None),
        ({"a": {"b": [1, 2.5, False]}}, None),
    ],
)
def test_a_report_is_every_string_of_the_document(document: Any, report: Report | None) -> None:
    assert read_report(document) == report


def test_a_document_that_is_nested_without_end_is_read_to_a_depth() -> None:
    document: Any = "deep"
    for _ in range(50):
        document = [document]
    assert read_report(document) is None
