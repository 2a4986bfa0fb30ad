"""Announcing to followers that the ledger grew, and waiting for that. PostgreSQL's LISTEN and NOTIFY; SQLite has
neither.

An announcement is a hint that saves waiting. A follower looks by itself besides.
"""

from __future__ import annotations

import time
from typing import Final

import psycopg
from sqlalchemy import URL, Connection

from provisioning.ledger.errors import LedgerUnreachable
from provisioning.ledger.store.engine import parse_url

CHANNEL: Final = "aikom_ledger"
"""PostgreSQL notifies this channel when a transaction that recorded events commits."""

_LOST_CONNECTION: Final = {
    "connect_timeout": "2",
    "keepalives_idle": "1",
    "keepalives_interval": "1",
    "keepalives_count": "2",
    "tcp_user_timeout": "2000",
}
"""How soon PostgreSQL's client notices that the network swallows everything. Source: PostgreSQL, libpq parameters."""


def notice_lost_connections(url: str) -> URL:
    """Return the ledger's address, with the parameters by which a lost connection is noticed within seconds."""
    parsed = parse_url(url)
    return parsed.update_query_dict(_LOST_CONNECTION) if parsed.get_backend_name() == "postgresql" else parsed


def announce(connection: Connection) -> None:
    """Announce to PostgreSQL's followers once this transaction commits. SQLite's followers look by themselves."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


class Announcements:
    """Waits for `announce`. On SQLite it merely waits."""

    def __init__(self, url: str) -> None:
        address = notice_lost_connections(url)
        self._connection: psycopg.Connection | None = None
        if address.get_backend_name() == "postgresql":
            plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
            try:
                self._connection = psycopg.connect(plain, autocommit=True)
                self._connection.execute(f"LISTEN {CHANNEL}")
            except psycopg.Error as error:
                raise LedgerUnreachable(
                    "the ledger's database does not answer", remedy="see that it runs and AIKOM_DATABASE_URL is right"
                ) from error

    def wait(self, seconds: float) -> None:
        """Return when something was announced, or after so many seconds. Raises LedgerUnreachable."""
        if self._connection is None:
            time.sleep(seconds)
            return
        try:
            for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                return
        except psycopg.Error as error:
            raise LedgerUnreachable(
                "the connection to the ledger's database broke", remedy="see that the database runs"
            ) from error

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
