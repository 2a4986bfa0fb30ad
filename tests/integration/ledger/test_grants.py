"""The role that the programs work as on PostgreSQL can do their work and cannot touch the record."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import make_url

from provisioning.ledger import open_ledger
from provisioning.ledger.errors import LedgerReadOnly
from provisioning.ledger.grants import GrantImpossible, grant, grant_statements
from provisioning.ledger.lease import hold_lease
from provisioning.ledger.rebuild import rebuild
from provisioning.ledger.verification import verify
from provisioning.model.events import EventKind
from provisioning.model.records import NewMail, NewTask
from tests.support.ledger_events import SCHOOL, birth, event
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def worker_url(postgres_server: PostgresServer, postgres_url: str) -> str:
    """URL of a role with just the rights of `grant`."""
    database = str(make_url(postgres_url).database)
    role = f"worker of {database}"
    postgres_server.execute(f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'worker-password'")
    owner = open_ledger(postgres_url)
    grant(owner, role)
    grant(owner, role)
    owner.close()
    return postgres_server.url(database, role.replace(" ", "%20"), "worker-password")


def test_the_role_can_do_all_the_programs_do(worker_url: str) -> None:
    ledger = open_ledger(worker_url)
    with hold_lease(ledger, name="apply", holder="worker") as lease, ledger.transaction(lease.fence) as transaction:
        transaction.append([birth(), event(EventKind.BASE_KEY_SENT, base_key_id="bk-1")])
        transaction.add_tasks([NewTask("t", "open", SCHOOL)])
        transaction.finish_tasks(["t"])
        transaction.enqueue_mails([NewMail("bk-1", "base-key", "a@example.ua", SCHOOL)])
        assert len(transaction.claim_mails(1, 60)) == 1
        transaction.mail_sent("bk-1")
    with ledger.reader() as reader:
        assert verify(reader).finding is None
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
        transaction.append([birth()])
    with pytest.raises(LedgerReadOnly, match="permission denied"), ledger.transaction() as transaction:
        transaction.connection.exec_driver_sql("DELETE FROM ledger_account")
    assert rebuild(ledger) == 0
    ledger.close()


def test_a_missing_role_and_a_database_without_roles_are_said_so(postgres_url: str, sqlite_url: str) -> None:
    for url, words in ((postgres_url, "no role"), (sqlite_url, "SQLite")):
        ledger = open_ledger(url)
        with pytest.raises(GrantImpossible, match=words):
            grant(ledger, "nobody")
        ledger.close()


def test_a_role_name_is_quoted() -> None:
    assert all('"x""; DROP TABLE y"' in statement for statement in grant_statements('x"; DROP TABLE y'))
