"""An OIS gets its place in the sandbox: a client of its own, connected by the same steps as in earnest.

The sandbox's ledger has an application, an agreement and a conclusion of its own for it, which say that they are the
sandbox's; the real ledger knows nothing of them, and nothing of the sandbox opens anything there. Safe to repeat: an
OIS whose key set or rights changed is brought to what the real ledger says.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_ois
from provisioning.lifecycle.ois.connection import record_connection, record_termination, require_proof
from provisioning.lifecycle.ois.keys import change_key
from provisioning.lifecycle.ois.papers import Conclusion, accept_agreement, conclude, submit_agreement
from provisioning.lifecycle.ois.steps import Step, finish, take
from provisioning.lifecycle.tasks.carrying_out import resume
from provisioning.model.annexes import TechnicalRequirements
from provisioning.model.events import NewEvent
from provisioning.model.events.codec_values import JsonObject
from provisioning.model.events.ois import OisApplied, OisChanged
from provisioning.model.identifiers import Username, username_of
from provisioning.model.ois import ConclusionOutcome, OisRecord, OisState, Slug
from provisioning.model.sandbox import SCHOOLS, school

VERSION: Final = "sandbox"
_NOTHING: Final = TechnicalRequirements(VERSION, date.min, 1, ())
_VALID_FOR: Final = timedelta(days=36_500)


def admit(sandbox: Actor, ois: OisRecord) -> OisRecord:
    """Return the OIS as the sandbox has it, connected. `ois` is what the real ledger says of it.

    Raises ActionRefused for one that was rejected or terminated, or has no usable key set; CarriedOutLater and
    KeycloakError when Keycloak does not follow.
    """
    resume(sandbox)
    with sandbox.ledger.reader() as reader:
        known = reader.ois(ois.slug)
    if ois.state.is_over:
        _close(sandbox, known)
        raise ActionRefused(
            f"OIS {ois.slug} is {ois.state.value}, which is final", remedy="apply again under another short name"
        )
    if ois.jwks is None:
        raise ActionRefused(
            f"OIS {ois.slug} has no key set on record",
            remedy="let the checks run: they fetch the key set; in the sandbox an OIS signs (private_key_jwt)",
        )
    return (
        _connected(sandbox, ois) if known is None or known.state is not OisState.CONNECTED else _brought(sandbox, ois)
    )


def institution_for(reader: LedgerReader, slug: Slug) -> Username:
    """Return the invented school of an OIS: the one it had before, or one that was never given. Raises
    ActionRefused.
    """
    mine = reader.mandates(ois=slug)
    if mine:
        return mine[0].username
    taken = {mandate.username for mandate in reader.all_mandates().values()}
    for number in range(1, SCHOOLS + 1):
        if (username := username_of(school(number), 1)) not in taken:
            return username
    raise ActionRefused(
        f"all {SCHOOLS} schools of the sandbox are taken", remedy="tell the Administrator: the sandbox needs more"
    )


def _connected(sandbox: Actor, ois: OisRecord) -> OisRecord:
    """Each step only if it is not taken yet: a crash in between is finished by the next call."""
    with sandbox.transaction() as transaction:
        known = transaction.ois(ois.slug)
        if known is None:
            transaction.append([NewEvent(_applied(ois), ois.client_id, sandbox.name)])
            known = transaction.ois(ois.slug)
    if known is not None and known.agreement_version is None:
        submit_agreement(sandbox, ois.slug, VERSION, "0" * 64)
        accept_agreement(sandbox, ois.slug, VERSION)
    if known is not None and known.conclusion_outcome is None:
        until = sandbox.today() + _VALID_FOR
        conclude(sandbox, ois.slug, Conclusion(VERSION, ConclusionOutcome.POSITIVE, until, _NOTHING))
    with sandbox.transaction() as transaction:
        rights = find_ois(transaction, ois.slug).requested_rights
        record, tasks = record_connection(sandbox, transaction, ois.slug, rights)
    finish(sandbox, record, tasks)
    return _brought(sandbox, ois)


def _brought(sandbox: Actor, ois: OisRecord) -> OisRecord:
    """Bring key set, rights and the kind of its tokens to what the real ledger has."""
    change_key(sandbox, ois.slug, ois.jwks or "")
    known = require_proof(sandbox, ois.slug, "as on record", required=ois.proof_required)
    if known.rights != ois.requested_rights:
        rights = OisChanged(rights=ois.requested_rights, granted=ois.requested_rights)
        known = take(sandbox, ois.slug, Step(rights, "as in the application"))
    return known


def _applied(ois: OisRecord) -> OisApplied:
    """No e-mail, and no addresses for logins: the sandbox writes to nobody, and nobody logs in there."""
    return OisApplied(
        name=ois.name,
        operator=ois.operator,
        edrpou=ois.edrpou,
        site=ois.site,
        email="",
        purposes=ois.purposes,
        rights=ois.requested_rights,
        redirect_uris=(),
        networks=(),
        data_location=ois.data_location,
        jwks=None if ois.jwks is None else JsonObject(ois.jwks),
    )


def _close(sandbox: Actor, known: OisRecord | None) -> None:
    if known is not None and known.state is OisState.CONNECTED:
        with sandbox.transaction() as transaction:
            reason = "its application or connection is over"
            record, tasks = record_termination(sandbox, transaction, known.slug, reason)
        finish(sandbox, record, tasks)
