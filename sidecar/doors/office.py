"""Where people's decisions in the sidecar are acted on: actors for the use cases of `provisioning.lifecycle`.

The one place of the sidecar that writes: what it reads comes from `records`. Opened at first use, one way to fail:
`OfficeClosed`, which is answered by 503. Refusals of a use case pass through (`errors.REFUSALS`), `CarriedOutLater`
among them: then the decision is in force, and the view says so. What a decision obliges to in Keycloak is done by
`provision watch`; at once is done only what the door lets the page do (decision 35).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import local
from typing import Final

from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from provisioning.ledger import Ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.pages import Page, page_actor
from provisioning.model.errors import AikomError
from provisioning.model.secret import Secret
from provisioning.settings import Settings
from sidecar.doors.errors import LEDGER_FAILS, REFUSALS, OfficeClosed, RecordsUnavailable
from sidecar.doors.parts import Part
from sidecar.doors.records import Records, records

PUBLIC_ACTOR: Final = "public"
"""Who is recorded when somebody who did not sign in causes an event, such as a report of a leaked key."""


class Office:
    """Makes actors; shared by all threads of this process, each with connections to Keycloak of its own."""

    def __init__(self, records: Records, make: Callable[[Ledger, Page], Actor]) -> None:
        self._records = records
        self._make = make
        self._of_thread = local()

    @contextmanager
    def acting_as(self, name: str, page: Page = Page.PUBLIC, proof: Secret | None = None) -> Iterator[Actor]:
        """Yield the actor of that name: `identity().actor` or `PUBLIC_ACTOR`; every event records it.

        `proof` is the ID token of the person who is signed in, for what the door does for that person alone. Raises
        OfficeClosed when ledger or Keycloak cannot be worked with; what the use case had recorded by then is in force,
        and `provision watch` finishes it.
        """
        try:
            yield self._actor(name, page, proof)
        except (*REFUSALS, RecordsUnavailable, OfficeClosed):
            raise
        # Everything else of ours is Keycloak or the settings that lead to it: this room does not know their errors.
        except (AikomError, SQLAlchemyError, OSError) as error:
            self._of_thread.actors = {}
            raise OfficeClosed(
                "ledger or Keycloak cannot be worked with",
                remedy="check AIKOM_DATABASE_URL, AIKOM_KEYCLOAK_URL and the secrets of the narrow accounts",
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

    def _actor(self, name: str, page: Page, proof: Secret | None) -> Actor:
        ledger = self._records.ledger()
        actors: dict[Page, Actor] = self._of_thread.__dict__.setdefault("actors", {})
        known = actors.get(page)
        if known is None or known.ledger is not ledger:
            known = actors[page] = self._make(ledger, page)
        door = None if known.door is None else replace(known.door, proof=proof)
        return replace(known, name=name, door=door)


office: Final = Part[Office]("office")


def init_office(app: Flask, settings: Settings) -> None:
    """Let this application act. The ledger must be registered; the narrow accounts' secrets are needed at first use."""
    office.register(app, Office(records.of(app), partial(page_actor, settings)))
