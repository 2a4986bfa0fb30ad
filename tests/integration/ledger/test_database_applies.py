"""What PostgreSQL makes of events for a role that owns nothing is what our program makes of them, whatever they are.

The same generated histories run through both. They are no history that our program would record: events about what
never was, or is over, in every order; each must leave the same rows behind. Source: docs/security.md row 65.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from provisioning.ledger import Ledger, LedgerTransaction, open_ledger, utc_now
from provisioning.ledger.projection import Projection, accounts, api_keys, mandates, ois, project, requests
from provisioning.ledger.projection.projected import differing, stored_projection
from provisioning.ledger.store import schema
from provisioning.ledger.store.bulk import insert_rows
from provisioning.model.events import Content, EventKind, NewEvent, chain
from provisioning.model.events.accounts import AccountActivated, AccountCreated, AccountDeactivated, AccountUpdated
from provisioning.model.events.api_keys import ApiKeyCreated
from provisioning.model.events.base_keys import BaseKeyIssued, BaseKeySent
from provisioning.model.events.codec_values import KeycloakTime
from provisioning.model.events.mandates import MandateGranted, MandateWithdrawn
from provisioning.model.events.requests import RequestAnswered, RequestFiled
from provisioning.model.institution import Kind
from tests.support.database_role import everything_role
from tests.support.event_contents import contents, texts
from tests.support.ledger_events import birth, event
from tests.support.postgres import PostgresServer

pytestmark = [pytest.mark.postgres, pytest.mark.assure]

PEOPLE = ("46-0000001", "46-0000002-g2")
SUBJECTS = (*PEOPLE, *(f"api-{name}-k{n}" for name in PEOPLE for n in (1, 2)), "ois-diary", "ois-a-b2", "realm")
MANDATES = (*(f"{name}.diary.{n}" for name in PEOPLE for n in (1, 2)), "46-0000001.Diary.1", "46-0000001.diary.01", "")
TIMES = (
    *("2026-11-20T09:00:00Z", "2026-11-20T09:00:00.1234567+02:00", "0001-01-01T00:00:00+01:00", "2026-02-30T09:00:00Z"),
    *("2026-11-20T09:00", "2026-11-20T24:01:00Z", "yesterday", ""),
)
KEYS = st.sampled_from(("b1", "b2", ""))
NUMBERS = st.integers(1, 9)
DESCRIBED: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("sphere", "name", "edrpou", "edebo_id", "katottg", "email"), texts),
    "kind": st.sampled_from(Kind),
}
NARROWED: dict[type[Content], dict[str, st.SearchStrategy[Any]]] = {
    AccountCreated: {**DESCRIBED, "generation": NUMBERS, "client_id": st.sampled_from(SUBJECTS[2:6])},
    AccountUpdated: DESCRIBED,
    AccountActivated: {"activated_at": st.sampled_from([KeycloakTime(text) for text in TIMES])},
    AccountDeactivated: {"successors": st.just(())},
    **{kind: {"base_key_id": KEYS} for kind in (BaseKeyIssued, BaseKeySent)},
    ApiKeyCreated: {"number": NUMBERS, "username": st.sampled_from(PEOPLE)},
    **{kind: {"mandate": st.sampled_from(MANDATES)} for kind in (MandateGranted, MandateWithdrawn)},
    **{kind: {"request": st.sampled_from(("r1", "r2"))} for kind in (RequestFiled, RequestAnswered)},
}
"""Fields in which events must meet each other to mean anything, are never lacking today, or have a width."""

NOUNS = [
    [kind for kind in sorted(noun.EVENTS, key=lambda one: one.__name__) if issubclass(kind, Content)]
    for noun in (accounts, api_keys, ois, mandates, requests)
]
MEAN_NOTHING = {str(EventKind.ACCOUNT_UNLOCKED), str(EventKind.BASE_KEY_FAILED)}

OIS_ON = {EventKind.OIS_CONNECTED, EventKind.OIS_SUSPENDED, EventKind.OIS_RESUMED}

BEFORE = [
    *(birth(name, is_authority=n == 1, base_key_id="b1") for n, name in enumerate(PEOPLE)),
    event(EventKind.BASE_KEY_SENT, PEOPLE[0], base_key_id="b1"),
    event(EventKind.ACCOUNT_DEACTIVATED, PEOPLE[1]),
    event(EventKind.ACCOUNT_REINSTATED, PEOPLE[1]),
    event(EventKind.API_KEY_REVEALED, SUBJECTS[4]),
    event(EventKind.API_KEY_REVEAL_VOIDED, SUBJECTS[4]),
    *(
        event(kind, name)
        for name in ("ois-diary", "ois-a-b2")
        for kind in (
            *(EventKind.OIS_APPLIED, EventKind.OIS_AGREEMENT_SUBMITTED, EventKind.OIS_AGREEMENT_ACCEPTED),
            *(EventKind.OIS_CONCLUDED, EventKind.OIS_CONNECTED, EventKind.OIS_SUSPENDED, EventKind.OIS_RESUMED),
        )
        if name == "ois-a-b2" or kind not in OIS_ON
    ),
]
"""What each history begins with, so that what follows has something to be about."""


@st.composite
def histories(draw: st.DrawFn, types: list[type[Content]]) -> list[NewEvent]:
    """Every kind of a noun twice, in any order."""
    shuffled = types * 2
    Random(draw(st.integers(0, 2**32))).shuffle(shuffled)  # noqa: S311 - nothing secret
    return [draw(events(kind)) for kind in shuffled]


@st.composite
def events(draw: st.DrawFn, kind: type[Content]) -> NewEvent:
    """One event about some subject, most often of the sort that its kind is about."""
    fields = {name: draw(values) for name, values in NARROWED.get(kind, {}).items()}
    content = replace(draw(contents(kind)), **fields)
    begins = {"api-key": "api-", "ois": "ois-"}.get(kind.KIND.partition(":")[0], "46-")
    likely = [name for name in SUBJECTS if name.startswith(begins)]
    subject = draw(st.sampled_from([*likely[:1] * 6, *likely * 2, *SUBJECTS]))
    return NewEvent(content, subject, "staff:olena", draw(st.none() | st.just("because")))


@pytest.fixture
def role(postgres_url: str, postgres_server: PostgresServer) -> Iterator[Ledger]:
    """A role that may record everything and owns nothing."""
    open_ledger(postgres_url).close()
    opened = everything_role(postgres_server, postgres_url)
    yield opened
    opened.close()


@pytest.mark.parametrize("types", NOUNS, ids=["accounts", "keys", "ois", "mandates", "requests"])
def test_database_and_program_make_the_same_of_any_history(role: Ledger, types: list[type[Content]]) -> None:
    seen = set[str]()

    @settings(
        max_examples=12,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(histories(types))
    def runs(history: list[NewEvent]) -> None:
        with role._connected() as connection:
            seen.update(_differences_looked_for(LedgerTransaction(connection, role.clock), history))
            connection.rollback()

    runs()
    assert seen >= {str(kind.KIND) for kind in types} - MEAN_NOTHING


def _differences_looked_for(transaction: LedgerTransaction, history: list[NewEvent]) -> Iterator[str]:
    """The kinds of events that meant something; what a search looks through is our program's alone."""
    made = Projection()
    for new in [*BEFORE, *history]:
        before = made.copy()
        by_staff = replace(new, actor="staff:olena")
        (recorded,) = chain(transaction.chain_head(), [by_staff], utc_now())
        row = {column.name: getattr(recorded, column.name) for column in schema.event.c}
        insert_rows(transaction.connection, schema.event, [row])
        project(made, recorded)
        made.accounts = {name: replace(account, search="") for name, account in made.accounts.items()}
        assert differing(stored_projection(transaction), made) == [], new
        if made != before:
            yield str(new.kind)
