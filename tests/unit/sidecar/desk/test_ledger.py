"""The ledger at the desk: filters, pages, and verification in steps that names the first bad event (order cl. 12)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from provisioning.ledger.operational.duties import DutyRecord, record_duty
from provisioning.ledger.proof.verification import Fault
from provisioning.model.events import EventKind
from sidecar.desk import verifying
from sidecar.desk.verifying import verify_step
from tests.support import sidecar_people as people
from tests.support.ledger_events import event_by
from tests.support.sidecar_names import SCHOOL
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
TAMPER = "UPDATE ledger_event SET actor = 'nobody' WHERE seq = 9"


@pytest.fixture
def desk(sidecar: Sidecar) -> Iterator[FlaskClient]:
    """An auditor: looking and verifying are no decisions."""
    yield sidecar.signed_in(people.AUDITOR)


def note(sidecar: Sidecar, count: int, actor: str = "watch:test") -> None:
    event = event_by(actor, EventKind.ALARM_RAISED, "realm", {"what": "x"})
    with sidecar.ledger.transaction() as transaction:
        transaction.append([event] * count)


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'href="/desk/ledger/(\d+)"', page)]


def end(sidecar: Sidecar) -> int:
    with sidecar.ledger.reader() as reader:
        return reader.head()[0]


def tamper(sidecar: Sidecar, statement: str) -> None:
    """As whoever owns the database can: the triggers that keep events from being changed are taken away first."""
    with sidecar.ledger.transaction() as transaction:
        connection = transaction.connection
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text(statement))


def test_the_newest_come_first_and_pages_lead_to_the_oldest_and_back(sidecar: Sidecar, desk: FlaskClient) -> None:
    note(sidecar, 250)
    seen, address, newest = [], "/desk/ledger?actor=watch:test", ""
    while True:
        page = desk.get(address, headers=PAGE).text
        seen += numbers(page)
        newest = newest or page
        older = re.search(r'rel="next" href="([^"]+)"', page)
        if older is None:
            break
        address = older[1].replace("&amp;", "&")
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 250
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back is not None
    assert numbers(desk.get(back[1].replace("&amp;", "&"), headers=PAGE).text)[-1] == numbers(page)[0] + 1


def test_days_limit_the_span(sidecar: Sidecar, desk: FlaskClient) -> None:
    before = end(sidecar)
    sidecar.clock.advance(timedelta(days=2))
    note(sidecar, 3)
    desk = sidecar.signed_in(people.AUDITOR)
    assert numbers(desk.get("/desk/ledger?since=2026-11-26", headers=PAGE).text) == [before + 3, before + 2, before + 1]
    assert numbers(desk.get("/desk/ledger?since=2026-11-25&until=2026-11-25", headers=PAGE).text) == []
    assert max(numbers(desk.get("/desk/ledger?until=2026-11-25", headers=PAGE).text)) == before
    assert numbers(desk.get("/desk/ledger?since=nonsense&until=9999-12-31", headers=PAGE).text)[0] == before + 3


def test_filters_work_together(desk: FlaskClient) -> None:
    page = desk.get(f"/desk/ledger?subject={SCHOOL}&kind=account:created&actor=o.koval", headers=PAGE).text
    assert len(numbers(page)) == 1
    assert numbers(desk.get(f"/desk/ledger?subject={SCHOOL}&actor=nobody", headers=PAGE).text) == []


def test_one_event_shows_all_that_its_hash_covers(sidecar: Sidecar, desk: FlaskClient) -> None:
    page = desk.get("/desk/ledger/2", headers=PAGE).text
    with sidecar.ledger.reader() as reader:
        event = next(reader.events(after_seq=1))
    assert event.hash in page and event.prev_hash in page and "base_key_id" in page
    assert desk.get(f"/desk/ledger/{end(sidecar) + 1}", headers=PAGE).status_code == 404


def test_an_intact_ledger_is_called_intact(sidecar: Sidecar, desk: FlaskClient) -> None:
    answer = desk.get("/desk/ledger/verify?first=1", headers=PAGE)
    assert f"Події від 1 до {end(sidecar)} цілі" in answer.text
    assert "Refresh" not in answer.headers


@pytest.mark.parametrize(
    ("statement", "first", "bad"),
    [
        (TAMPER, 1, 9),
        (TAMPER, 9, 9),
        ("DELETE FROM ledger_event WHERE seq = 7", 1, 7),
        ("DELETE FROM ledger_event WHERE seq = 7", 8, 7),
        ("UPDATE ledger_event SET data = '{' WHERE seq = 5", 4, 5),
        ("UPDATE ledger_event SET hash = prev_hash WHERE seq = 6", 7, 7),
    ],
)
def test_the_first_bad_event_is_named(
    sidecar: Sidecar, desk: FlaskClient, statement: str, first: int, bad: int
) -> None:
    tamper(sidecar, statement)
    answer = desk.get(f"/desk/ledger/verify?first={first}", headers=PAGE)
    assert f'href="/desk/ledger/{bad}">{bad}</a>' in answer.text
    assert "Refresh" not in answer.headers


def test_what_lies_before_the_span_is_not_judged(sidecar: Sidecar, desk: FlaskClient) -> None:
    tamper(sidecar, TAMPER)
    assert "цілі" in desk.get("/desk/ledger/verify?first=10", headers=PAGE).text
    assert "цілі" in desk.get("/desk/ledger/verify?first=1&last=8", headers=PAGE).text


def test_a_step_ends_in_time_and_the_next_one_goes_on(sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "CHUNK", 4)
    note(sidecar, 30)
    last = end(sidecar)
    with sidecar.ledger.reader() as reader:
        step = verify_step(reader, 1, 1, last, seconds=0)
        assert (step.reached, step.is_done, step.defect) == (4, False, None)
        steps = 1
        while not step.is_done:
            step = verify_step(reader, 1, step.reached + 1, last, seconds=0)
            steps += 1
    assert (step.reached, steps) == (last, -(-last // 4))


def test_the_browser_is_sent_on_by_itself(sidecar: Sidecar, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "CHUNK", 1)
    monkeypatch.setattr("sidecar.desk.ledger_views.verify_step", lambda *span: verify_step(*span, seconds=0))
    answer = desk.get("/desk/ledger/verify?first=1", headers=PAGE)
    assert answer.headers["Refresh"].startswith("0; url=/desk/ledger/verify?")
    assert "begin=2" in answer.headers["Refresh"]


def test_what_the_watch_verified_is_where_the_desk_goes_on(sidecar: Sidecar, desk: FlaskClient) -> None:
    assert "не створює контрольних точок" in desk.get("/desk/ledger", headers=PAGE).text
    with sidecar.ledger.transaction() as transaction:
        now = sidecar.clock()
        record_duty(transaction, DutyRecord("checkpoint", "node-1", now, now, facts={"event": 7}))
    assert 'href="/desk/ledger/verify?first=8"' in desk.get("/desk/ledger", headers=PAGE).text


def test_a_missing_event_before_the_span_is_named(sidecar: Sidecar) -> None:
    with sidecar.ledger.reader() as reader:
        finding = verify_step(reader, end(sidecar) + 5, end(sidecar) + 5, end(sidecar) + 6).defect
    assert finding is not None
    assert finding.fault is Fault.GAP
