"""Where people's decisions in the sidecar are acted on: actors for the use cases of `provisioning.lifecycle`.

The one place of the sidecar that writes: what it reads comes from `records`. Opened at first use, one way to fail:
`OfficeClosed`, which is answered by 503. Refusals of a use case pass through (`errors.REFUSALS`), `CarriedOutLater`
among them: then the decision is in force, and the view says so. Which account of Keycloak it works as is a
setting; decision 8 says what follows from that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import local
from typing import Final

from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from provisioning.lifecycle.actor import Actor
from provisioning.model.errors import AikomError
from provisioning.settings import Settings
from sidecar.doors.errors import LEDGER_FAILS, REFUSALS, OfficeClosed, RecordsUnavailable
from sidecar.doors.parts import Part
from sidecar.doors.records import Records, records

PUBLIC_ACTOR: Final = "public"
"""Who is recorded when somebody who did not sign in causes an event, such as a report of a leaked key."""


class Office:
    """Makes actors; shared by all threads of this process, each with a connection to Keycloak of its own."""

    def __init__(self, settings: Settings, records: Records) -> None:
        self._settings = settings
        self._records = records
        self._of_thread = local()

    @contextmanager
    def acting_as(self, name: str) -> Iterator[Actor]:
        """Yield the actor of that name: `identity().actor` or `PUBLIC_ACTOR`; every event records it.

        Raises OfficeClosed when ledger or Keycloak cannot be worked with; what the use case had recorded by then is
        in force, and `provision watch` finishes it.
        """
        try:
            yield self._actor(name)
        except (*REFUSALS, RecordsUnavailable, OfficeClosed):
            raise
        # Everything else of ours is Keycloak or the settings that lead to it: this room does not know their errors.
        except (AikomError, SQLAlchemyError, OSError) as error:
            self._of_thread.actor = None
            raise OfficeClosed(
                "ledger or Keycloak cannot be worked with",
                remedy="check AIKOM_DATABASE_URL, AIKOM_KEYCLOAK_URL and AIKOM_PROVISIONING_SECRET of the sidecar",
            ) from error

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """Open a transaction on tables that stand beside the record. Raises OfficeClosed; then nothing was written."""
        try:
            with self._records.ledger().aside() as connection:
                yield connection
        except (*REFUSALS, RecordsUnavailable):
            raise
        except LEDGER_FAILS as error:
            raise OfficeClosed("the ledger cannot be written", remedy="check AIKOM_DATABASE_URL") from error

    def _actor(self, name: str) -> Actor:
        ledger = self._records.ledger()
        known: Actor | None = getattr(self._of_thread, "actor", None)
        if known is None or known.ledger is not ledger:
            known = Actor.from_settings(self._settings, ledger, name)
            self._of_thread.actor = known
        return replace(known, name=name)


office: Final = Part[Office]("office")


def init_office(app: Flask, settings: Settings) -> None:
    """Let this application act. The ledger must be registered; the secret at Keycloak is needed at first use."""
    office.register(app, Office(settings, records.of(app)))
