"""The role that the command line works as on PostgreSQL can do its work and cannot touch the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import make_url

from provisioning.ledger import open_ledger
from provisioning.ledger.errors import LedgerReadOnly
from provisioning.ledger.grants import GrantImpossible, grant, grant_statements
from provisioning.ledger.leases.lease import hold_lease
from provisioning.ledger.operational.access import add_counts
from provisioning.ledger.operational.access_keeping import keep_counts
from provisioning.ledger.powers import Part
from provisioning.ledger.proof.rebuild import rebuild
from provisioning.ledger.proof.verification import verify
from provisioning.model.access import AccessCount
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.identifiers import InstitutionId
from provisioning.model.records import NewMail, NewTask
from tests.support.ledger_events import SCHOOL, birth, event
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.postgres

SCHOOL_ID = InstitutionId("46-0000001")


def _by_staff(*events: NewEvent) -> list[NewEvent]:
    return [replace(one, actor="staff:olena") for one in events]


@pytest.fixture
def worker_url(postgres_server: PostgresServer, postgres_url: str) -> str:
    """URL of a role with just the rights of `grant`."""
    database = str(make_url(postgres_url).database)
    role = f"worker of {database}"
    postgres_server.execute(f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'worker-password'")
    owner = open_ledger(postgres_url)
    grant(owner, role, Part.PROVISIONING)
    grant(owner, role, Part.PROVISIONING)
    owner.close()
    return postgres_server.url(database, role.replace(" ", "%20"), "worker-password")


def test_the_role_can_do_all_that_the_command_line_does(worker_url: str, postgres_url: str) -> None:
    ledger = open_ledger(worker_url)
    with hold_lease(ledger, name="apply", holder="worker") as lease, ledger.transaction(lease.fence) as transaction:
        transaction.append(_by_staff(birth(), event(EventKind.BASE_KEY_SENT, base_key_id="bk-1")))
        transaction.add_tasks([NewTask("t", "open", SCHOOL)])
        transaction.finish_tasks(["t"])
        transaction.enqueue_mails([NewMail("bk-1", "base-key", "a@example.ua", SCHOOL)])
        assert len(transaction.claim_mails(1, 60)) == 1
        transaction.mail_sent("bk-1")
    with ledger.reader() as reader:
        assert verify(reader).defect is None
    long_ago = datetime(2020, 5, 17, tzinfo=UTC)
    assert keep_counts(ledger, long_ago, timedelta(days=1)).made == 3
    owner = open_ledger(postgres_url)
    with owner.aside() as connection:  # Counts are written by the gate's nodes.
        add_counts(connection, [AccessCount(long_ago, SCHOOL_ID, SCHOOL_ID, "", "students.read", 1, 0, None, long_ago)])
    assert keep_counts(ledger, long_ago + timedelta(days=100), timedelta(days=1)).dropped == 3
    owner.close()
    ledger.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET actor = 'x'",
        "DELETE FROM ledger_event",
        "TRUNCATE ledger_event",
        "ALTER TABLE ledger_event DISABLE TRIGGER ALL",
        "DROP TABLE ledger_event",
        "DELETE FROM ledger_account",
        "DELETE FROM ledger_access",
        "TRUNCATE ledger_access",
        "DROP TABLE ledger_access_rest",
        "CREATE TABLE more PARTITION OF ledger_access FOR VALUES FROM (1) TO (2)",
    ],
)
def test_the_role_can_neither_change_nor_remove_the_record(worker_url: str, statement: str) -> None:
    with (
        psycopg.connect(worker_url.replace("+psycopg", "")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_what_the_role_may_not_do_says_so(worker_url: str) -> None:
    ledger = open_ledger(worker_url)
    with ledger.transaction() as transaction:
        transaction.append(_by_staff(birth()))
    with pytest.raises(LedgerReadOnly, match="permission denied"), ledger.transaction() as transaction:
        transaction.connection.exec_driver_sql("DELETE FROM ledger_account")
    assert rebuild(ledger) == 0
    ledger.close()


def test_a_missing_role_and_a_database_without_roles_are_said_so(postgres_url: str, sqlite_url: str) -> None:
    for url, words in ((postgres_url, "no role"), (sqlite_url, "SQLite")):
        ledger = open_ledger(url)
        with pytest.raises(GrantImpossible, match=words):
            grant(ledger, "nobody", Part.DESK)
        ledger.close()


def test_a_role_name_is_quoted() -> None:
    statements = grant_statements('x"; DROP TABLE y', Part.DESK)
    assert all('"x""; DROP TABLE y"' in one for one in statements if one.startswith(("GRANT", "REVOKE")))
    named = grant_statements("x'; DROP TABLE y", Part.DESK)
    assert all("'x''; DROP TABLE y'" in one for one in named if "ledger_power" in one and "ON" not in one)
