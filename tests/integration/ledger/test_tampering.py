"""A database administrator edits, deletes, reorders, truncates or rewrites; `verify` names the row and why."""

# ruff: noqa: S608 - the administrator's statements are made of constants.

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.checkpoint import Checkpoint
from provisioning.ledger.proof.verification import Defect, Fault, Verdict, verify
from provisioning.model.events import EventKind, format_time, hash_of_fields
from tests.support.dba import run_as_dba
from tests.support.ledger_events import births, event

EVENTS = 12
"""The genesis and eleven births."""


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    with opened.transaction() as transaction:
        transaction.append(births(1, EVENTS - 1))
    yield opened
    opened.close()


def judge(ledger: Ledger, *checkpoints: Checkpoint) -> Verdict:
    with ledger.reader() as reader:
        return verify(reader, checkpoints)


def defect(ledger: Ledger, *checkpoints: Checkpoint) -> Defect:
    found = judge(ledger, *checkpoints).defect
    assert found is not None
    return found


def checkpoint(ledger: Ledger) -> Checkpoint:
    """A checkpoint of the ledger as it is now."""
    verdict = judge(ledger)
    assert verdict.ledger_id is not None
    return Checkpoint(verdict.ledger_id, verdict.head.seq, verdict.head.hash, ledger.clock())


def test_an_untouched_ledger_is_intact_and_agrees_with_its_checkpoints(ledger: Ledger) -> None:
    early = checkpoint(ledger)
    with ledger.transaction() as transaction:
        transaction.append([event(EventKind.ALARM_RAISED, "realm")])
    verdict = judge(ledger, checkpoint(ledger), early)
    assert (verdict.defect, verdict.events, verdict.checkpoints) == (None, EVENTS + 1, 2)


@pytest.mark.parametrize(
    "edit",
    [
        "actor = 'somebody'",
        "reason = 'none'",
        "clause = 'cl. 1'",
        "subject = '46-7777777'",
        "kind = 'account:updated'",
        "at = '2020-01-01T00:00:00.000000Z'",
        "data = '{}'",
        "hash = prev_hash",
        "prev_hash = hash",
    ],
)
def test_an_edit_shows_at_the_edited_event(ledger: Ledger, ledger_url: str, edit: str) -> None:
    run_as_dba(ledger_url, [f"UPDATE ledger_event SET {edit} WHERE seq = 5"])
    assert (defect(ledger).fault, defect(ledger).seq) == (Fault.CONTENT, 5)
    assert judge(ledger).events == 4


def test_a_kind_that_nobody_knows_is_an_edit_like_any_other(ledger: Ledger, ledger_url: str) -> None:
    run_as_dba(ledger_url, ["UPDATE ledger_event SET kind = 'account:erased' WHERE seq = 5"])
    assert (defect(ledger).fault, defect(ledger).seq) == (Fault.CONTENT, 5)


@pytest.mark.parametrize("edit", ["data = 'no JSON'", "at = 'yesterday'"])
def test_an_edit_that_cannot_be_read_shows_too(ledger: Ledger, ledger_url: str, edit: str) -> None:
    run_as_dba(ledger_url, [f"UPDATE ledger_event SET {edit} WHERE seq = 5"])
    assert (defect(ledger).fault, defect(ledger).seq) == (Fault.UNREADABLE, 5)


def test_data_that_means_the_same_but_is_written_otherwise_is_no_edit(ledger: Ledger, ledger_url: str) -> None:
    """The chain vouches for what events say, so a dump that formats JSON anew does no harm."""
    run_as_dba(ledger_url, ["UPDATE ledger_event SET data = replace(data, '{', '{ ') WHERE seq = 5"])
    assert judge(ledger).defect is None


def test_a_deleted_event_shows_as_a_gap(ledger: Ledger, ledger_url: str) -> None:
    run_as_dba(ledger_url, ["DELETE FROM ledger_event WHERE seq IN (5, 6)"])
    assert defect(ledger) == Defect(Fault.GAP, 5, "events 5 to 6 are missing before event 7")


def test_a_deletion_with_the_rest_moved_up_shows(ledger: Ledger, ledger_url: str) -> None:
    shift = [f"UPDATE ledger_event SET seq = {n - 1} WHERE seq = {n}" for n in range(6, EVENTS + 1)]
    run_as_dba(ledger_url, ["DELETE FROM ledger_event WHERE seq = 5", *shift])
    assert (defect(ledger).fault, defect(ledger).seq) == (Fault.CONTENT, 5)


def test_a_deleted_beginning_shows(ledger: Ledger, ledger_url: str) -> None:
    run_as_dba(ledger_url, ["DELETE FROM ledger_event WHERE seq = 1"])
    assert (defect(ledger).fault, defect(ledger).seq) == (Fault.GAP, 1)


def test_two_swapped_events_show(ledger: Ledger, ledger_url: str) -> None:
    swap = [(5, 999), (6, 5), (999, 6)]
    run_as_dba(ledger_url, [f"UPDATE ledger_event SET seq = {new} WHERE seq = {old}" for old, new in swap])
    assert (defect(ledger).fault, defect(ledger).seq) == (Fault.CONTENT, 5)


def test_an_event_replaced_with_a_hash_of_its_own_shows_where_the_next_does_not_follow(
    ledger: Ledger, ledger_url: str
) -> None:
    run_as_dba(ledger_url, [rewritten(ledger, 5)])
    assert (defect(ledger).fault, defect(ledger).seq) == (Fault.LINK, 6)


def test_a_truncated_end_shows_in_the_stored_state(ledger: Ledger, ledger_url: str) -> None:
    run_as_dba(ledger_url, ["DELETE FROM ledger_event WHERE seq > 10"])
    assert defect(ledger).fault is Fault.PROJECTION


def test_a_truncated_end_with_the_state_adjusted_shows_against_a_checkpoint(ledger: Ledger, ledger_url: str) -> None:
    outside = checkpoint(ledger)
    cut_off(ledger_url, 10)
    assert judge(ledger).defect is None
    assert defect(ledger, outside) == Defect(
        Fault.TRUNCATED, 11, "events 11 to 12 are missing at the end: a checkpoint vouches for event 12"
    )


def test_a_truncated_and_regrown_ledger_shows_against_a_checkpoint(ledger: Ledger, ledger_url: str) -> None:
    outside = checkpoint(ledger)
    cut_off(ledger_url, 10)
    with ledger.transaction() as transaction:
        transaction.append(births(50, 5))
    found = defect(ledger, outside)
    assert (found.fault, found.seq) == (Fault.REWRITTEN, EVENTS)


def test_a_chain_rewritten_to_the_end_shows_against_a_checkpoint(ledger: Ledger, ledger_url: str) -> None:
    outside = checkpoint(ledger)
    run_as_dba(ledger_url, [rewritten(ledger, EVENTS)])
    assert judge(ledger).defect is None
    assert (defect(ledger, outside).fault, defect(ledger, outside).seq) == (Fault.REWRITTEN, EVENTS)


def test_an_emptied_ledger_is_not_intact(ledger: Ledger, ledger_url: str) -> None:
    outside = checkpoint(ledger)
    empty(ledger_url)
    assert defect(ledger).fault is Fault.EMPTY
    reopened = open_ledger(ledger_url)
    assert defect(reopened, outside).fault in (Fault.TRUNCATED, Fault.OTHER_LEDGER)
    with reopened.transaction() as transaction:
        transaction.append(births(1, EVENTS - 1))
    assert defect(reopened, outside).fault is Fault.OTHER_LEDGER
    reopened.close()


def test_stored_state_that_nothing_of_ours_wrote_is_a_finding_and_no_crash(ledger: Ledger, ledger_url: str) -> None:
    run_as_dba(ledger_url, ["UPDATE ledger_account SET state = 'resurrected' WHERE username = '46-0000001'"])
    assert defect(ledger).fault is Fault.PROJECTION


def cut_off(url: str, last: int) -> None:
    """Remove the end, and what followed from it."""
    gone = [f"46-{n:07d}" for n in range(last, EVENTS)]
    names = ", ".join(f"'{name}'" for name in gone)
    state = [f"DELETE FROM {table} WHERE username IN ({names})" for table in ("ledger_account", "ledger_api_key")]
    run_as_dba(url, [f"DELETE FROM ledger_event WHERE seq > {last}", *state])


def empty(url: str) -> None:
    """Remove everything."""
    run_as_dba(url, [f"DELETE FROM {table}" for table in ("ledger_event", "ledger_account", "ledger_api_key")])


def rewritten(ledger: Ledger, seq: int) -> str:
    """SQL that changes an event's actor and gives it the hash that goes with it."""
    with ledger.reader() as reader:
        (old,) = reader.events(after_seq=seq - 1, limit=1)
    fields = {
        "actor": "somebody",
        "at": format_time(old.at),
        "clause": old.clause,
        "data": json.loads(old.data),
        "kind": str(old.kind),
        "prev_hash": old.prev_hash,
        "reason": old.reason,
        "seq": seq,
        "subject": old.subject,
    }
    return f"UPDATE ledger_event SET actor = 'somebody', hash = '{hash_of_fields(fields)}' WHERE seq = {seq}"
