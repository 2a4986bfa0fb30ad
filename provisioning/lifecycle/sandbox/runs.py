"""A run of the self-test begins, and its API key is cut off in the middle. Source: order cl. 6, 8, annex 2."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from provisioning.ledger.leases.lease import hold_lease
from provisioning.ledger.operational.self_tests import add_run, change_run, current_run
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.keys.cut_off import CutOffRequest, cut_off
from provisioning.lifecycle.keys.revelation import reveal_key
from provisioning.lifecycle.lookups import find_live_key
from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.lifecycle.sandbox.admission import VERSION, admit, institution_for
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import EventKind
from provisioning.model.ois import OisRecord
from provisioning.model.records import ApiKeyState
from provisioning.model.secret import Secret
from provisioning.model.self_test import PATIENCE, Run, RunState, cut, replaced

LEASE: Final = "sandbox"
"""One OIS after another: two must not be given the same school."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that has just begun, with the invented institution's API key. The secret exists nowhere else."""

    run: Run
    secret: Secret
    rights: tuple[str, ...]


def open_sandbox(sandbox: Actor, ois: OisRecord) -> OisRecord:
    """Give an OIS its client in the sandbox, with the key set that is on record. Safe to repeat.

    Raises ActionRefused, LeaseHeld, CarriedOutLater and KeycloakError.
    """
    with hold_lease(sandbox.ledger, name=LEASE, holder=sandbox.name):
        return admit(sandbox, ois)


def begin_run(sandbox: Actor, ois: OisRecord) -> Begun:
    """Begin a run for an OIS; one that is under way is over. `ois` is what the real ledger says of it.

    Raises ActionRefused, LeaseHeld when the same is being done just now, CarriedOutLater and KeycloakError.
    """
    with hold_lease(sandbox.ledger, name=LEASE, holder=sandbox.name):
        record = admit(sandbox, ois)
        with sandbox.ledger.reader() as reader:
            username = institution_for(reader, record.slug)
            key = find_live_key(reader, username, EventKind.API_KEY_REVEALED)
        today = sandbox.today()
        mandate = grant(sandbox, username, record.slug, Contract(VERSION, today), replace=True)
    seen = key.state is ApiKeyState.REVEALED
    revealed = reveal_key(sandbox, key.client_id, again=seen, reason="self-test" if seen else None)
    now = sandbox.now()
    identifier = secrets.token_hex(16)
    run = Run(identifier, record.slug, username, key.client_id, RunState.CALLING, now, now, now + PATIENCE)
    with sandbox.ledger.aside() as connection:
        before = current_run(connection, record.slug, lock=True)
        if before is not None:
            change_run(connection, replaced(before, now))
        add_run(connection, run)
    return Begun(run, revealed.secret, mandate.rights)


def cut_off_key(sandbox: Actor, run: Run, stop_s: int) -> None:
    """Cut the run's API key off, as an institution would: the key and all its tokens are dead from now on.

    Safe to repeat. What Keycloak does not follow at once is in the ledger, and the gate goes by that.
    """
    with sandbox.ledger.aside() as connection:
        current = current_run(connection, run.ois)
    if current is None or current.id != run.id or current.state is not RunState.CUTTING:
        return
    request = CutOffRequest(CutOffReason.REQUEST, f"institution:{run.username}", run.ois, "self-test")
    with suppress(CarriedOutLater):
        cut_off(sandbox, run.username, request)
    with sandbox.ledger.reader() as reader:
        key = reader.api_key(run.key)
    if key is None or key.ended_at is None:
        return
    with sandbox.ledger.aside() as connection:
        current = current_run(connection, run.ois, lock=True)
        if current is not None and current.id == run.id:
            # As recorded: the gate goes by the ledger, and refuses before Keycloak has followed.
            change_run(connection, cut(current, key.ended_at, stop_s))
