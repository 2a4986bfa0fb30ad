"""Each part's database role records what its actors may cause, in their name, and nothing else.

Who may cause what is read from docs/events.md, every kind is tried as every part in every actor's name, and what the
database says must be what the page says. Source: docs/security.md row 65.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from provisioning.ledger import Ledger, utc_now
from provisioning.ledger.powers import PARTS, Part
from provisioning.model.events import Event, EventKind, Head, canonical_json, event_hash, format_time
from provisioning.model.events.actors import ActorKind
from tests.support.database_thief import Thief
from tests.support.documents import ROOT
from tests.support.ledger_events import content

pytestmark = pytest.mark.postgres
pytest_plugins = ("tests.support.database_thief_fixtures",)

SPEAK_FOR = {
    Part.PUBLIC: {"public"},
    Part.PORTAL: {"institution", "operator", "applicant", "sandbox"},
    Part.DESK: {"staff", "sandbox"},
    Part.GATE: set[str](),
    Part.WATCH: {"watch"},
    Part.PROVISIONING: {"staff", "watch"},
}
"""Part → the actors that act through it, as the record writes them."""

REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError, psycopg.errors.DataError)

WRITTEN = sorted({str(kind) for kind in ActorKind} - {"authority"})
ADD = (
    "INSERT INTO ledger_event (seq, at, kind, subject, actor, clause, reason, data, prev_hash, hash)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def _page() -> dict[str, dict[str, bool]]:
    """Kind → the actors that may cause it → whether staff may at the desk, as docs/events.md has it."""
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    found: dict[str, dict[str, bool]] = {}
    for kind, said in re.findall(r"^## `([a-z:-]+)`.*?Caused by ([^.]+)\.", text, re.DOTALL | re.MULTILINE):
        for words in said.split(", "):
            actor = words.split(" ")[0].replace("authority", "institution")
            caused = found.setdefault(kind, {})
            caused[actor] = caused.get(actor, False) or "command line only" not in words
    return found


def _next(head: Head, kind: str, actor: str, *, data: str | None = None, at: datetime | None = None) -> Event:
    """An event that follows on the last one and has its own hash."""
    bare = Event(
        seq=head.seq + 1,
        at=max(at or utc_now(), head.at),
        kind=kind,
        subject="realm",
        actor=f"{actor}:somebody",
        clause="cl. 12",
        reason=None,
        data=canonical_json(content(EventKind(kind)).to_data()).decode() if data is None else data,
        prev_hash=head.hash,
        hash="",
    )
    return replace(bare, hash=event_hash(bare))


def _says(connection: psycopg.Connection, one: Event) -> psycopg.Error | None:
    row = (one.seq, format_time(one.at), str(one.kind), one.subject, one.actor)
    rest = (one.clause, one.reason, one.data, one.prev_hash, one.hash)
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(ADD, (*row, *rest))
    except psycopg.Error as error:
        return error
    return None


def test_every_kind_as_every_actor_is_taken_or_refused_as_the_page_says(
    thief: Thief, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    page = _page()
    assert set(page) == {str(kind) for kind in EventKind}
    with ledger.reader() as reader:
        head = reader.chain_head()
    tried, taken = 0, set[tuple[str, str]]()
    with thief.connect() as connection:
        for kind in page:
            for actor in WRITTEN:
                error = _says(connection, _next(head, kind, actor))
                assert error is None or isinstance(error, psycopg.errors.InsufficientPrivilege), error
                tried += 1
                if error is None:
                    taken.add((kind, actor))
    wanted = {
        (kind, actor)
        for kind, actors in page.items()
        for actor, at_desk in actors.items()
        if actor in SPEAK_FOR[thief.part] and (thief.part is not Part.DESK or at_desk)
    }
    assert taken == wanted
    with capsys.disabled():
        sys.stdout.write(f"\n{thief.part}: {tried} events tried, {len(taken)} taken\n")
    assert tried > 300


def test_an_actor_of_no_known_kind_is_refused(thief: Thief, ledger: Ledger) -> None:
    with ledger.reader() as reader:
        head = reader.chain_head()
    with thief.connect() as connection:
        for actor in ("", "STAFF", "staff ", " staff", "staff;", "authority", "root"):
            error = _says(connection, _next(head, "alarm:raised", actor))
            assert isinstance(error, psycopg.errors.InsufficientPrivilege), actor


ODD = {
    "spaces": '{"what": "x"}',
    "no object": '["what"]',
    "a number alone": "1.5",
    "a fraction": '{"what":"x","y":1.5}',
    "a name twice": '{"what":"x","what":"x"}',
    "another order": '{"z":1,"what":"x"}',
    "an escape too many": '{"what":"\\u0078"}',
    "NUL": '{"what":"\\u0000"}',
    "half a character": '{"what":"\\ud800"}',
    "too deep": '{"what":' + "[" * 70 + "]" * 70 + "}",
    "no JSON": "{",
    "an unknown field": '{"what":"x","why":"y"}',
    "another type": '{"what":1}',
    "a field that is missing": "{}",
    "a version that nothing reads": '{"event_version":2,"what":"x"}',
}
"""Data of an alarm that Python cannot read, or hashes otherwise: it would break the chain, or stay unreadable."""


def test_nothing_is_chained_that_our_program_could_not_read(thief: Thief, ledger: Ledger) -> None:
    with ledger.reader() as reader:
        head = reader.chain_head()
    with thief.connect() as connection:
        for what, data in ODD.items():
            for actor in WRITTEN:
                error = _says(connection, _next(head, "alarm:raised", actor, data=data))
                assert isinstance(error, REFUSED), (what, actor)


def test_no_kind_is_taken_with_data_of_another_shape(thief: Thief, ledger: Ledger) -> None:
    """Nothing is made unreadable for ever that way: every kind that the role may record, with a field too many."""
    with ledger.reader() as reader:
        head = reader.chain_head()
    tried = 0
    with thief.connect() as connection:
        for kind, actor in sorted(PARTS[thief.part].kinds):
            told = {**content(EventKind(kind)).to_data(), "more": 1}
            for data in (canonical_json(told).decode(), '{"more":1}', "[]", '"x"'):
                error = _says(connection, _next(head, kind, actor, data=data))
                assert isinstance(error, psycopg.errors.IntegrityError), (kind, data, error)
                tried += 1
    assert tried >= 4 * len(PARTS[thief.part].kinds)


def test_no_event_is_dated_in_the_future_for_all_that_follow(thief: Thief, ledger: Ledger) -> None:
    with ledger.reader() as reader:
        head = reader.chain_head()
    kind, actor = next(iter(sorted(PARTS[thief.part].kinds)), ("alarm:raised", "watch"))
    with thief.connect() as connection:
        for at in (utc_now() + timedelta(hours=3), datetime(9999, 12, 31, tzinfo=UTC)):
            assert isinstance(_says(connection, _next(head, kind, actor, at=at)), REFUSED), at
        for text in ("", "9", "2100-13-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999+00"):
            one = _next(head, kind, actor)
            row = (one.seq, text, kind, one.subject, one.actor, one.clause, None, one.data, one.prev_hash, one.hash)
            with pytest.raises(REFUSED), connection.transaction(force_rollback=True):
                connection.execute(ADD, row)
