"""Findings of the comparison of Keycloak with the ledger: names, and the judgement. Pure.

Accounts and keys are only ever closed: what was closed by hand stays closed. OIS and what keys open under mandates are
brought to the ledger both ways: those are decisions, and a client scope taken away by hand records none. Only an OIS's
client that was disabled by hand stays so, also where more of it was altered: that alone is taken away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from provisioning.model.identifiers import ClientId, Username
from provisioning.model.key_scopes import KeyScopes, key_scopes
from provisioning.model.ois import MandateRecord, OisRecord, OisState, Slug, ois_client_id
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord
from provisioning.planning.changes import AccountImage


class Wrong(StrEnum):
    """Kinds of difference: what Keycloak has and must not have, or has not and must have."""

    ACCOUNT_LIVE = "a deactivated account was live in Keycloak and is closed again"
    KEY_LIVE = "an API key that is over was live in Keycloak and is closed again"
    KEY_UNKNOWN = "Keycloak has an API key of this account that the ledger does not know; look at it"
    KEY_ALTERED = "an API key had a secret in Keycloak that the ledger did not issue; it opens nothing any more"
    KEY_LOST = "Keycloak had lost an API key in use, or its secret; a new key takes its place, and its owner is told"
    BASE_KEY_FOREIGN = "an account had a base key in Keycloak that the ledger did not issue; it is withdrawn"
    SCOPE_FOREIGN = "an API key opened more in Keycloak than mandates and direct use allow, and is closed again"
    SCOPE_LOST = "an API key had lost a mandate in Keycloak, and has it again"
    OIS_LIVE = "an OIS that is not connected was live in Keycloak and is closed again"
    OIS_ALTERED = "the client of an OIS was altered in Keycloak and is as recorded again"
    OIS_LOST = "Keycloak had lost the client of an OIS, and has it again; a secret must be given anew"
    OIS_STOPPED = "a connected OIS was disabled in Keycloak by hand; suspend it by a decision, or suspend and resume it"
    OPERATOR_LIVE = "the account of an ended OIS's operator was live in Keycloak and is closed again"
    OPERATOR_ALTERED = "the account of an OIS's operator was altered in Keycloak and is as recorded again"
    OIS_UNKNOWN = "Keycloak has a client with the name of an OIS that the ledger does not know; look at it"


LEFT_ALONE: Final = frozenset({Wrong.KEY_UNKNOWN, Wrong.OIS_STOPPED, Wrong.OIS_UNKNOWN})
"""Nothing is done about these, so their alarm is raised once for good."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. `subject` is the account's username, or the client id of the key or OIS.

    `opens` is what the key was seen to open, `changed_seq` the state of the OIS it was compared with.
    """

    wrong: Wrong
    subject: str
    opens: KeyScopes | None = field(default=None, compare=False)
    changed_seq: int | None = field(default=None, compare=False)


def judge(
    records: Mapping[Username, AccountRecord],
    keys: Mapping[ClientId, ApiKeyRecord],
    images: Mapping[Username, AccountImage],
) -> tuple[Finding, ...]:
    """Find accounts and keys that are live in Keycloak and ended in the ledger, by name. Pure. Source: order cl. 7, 8,
    11.
    """
    findings: list[Finding] = []
    for username, image in sorted(images.items()):
        record = records.get(username)
        live = [key.client_id for key in image.keys if key.enabled or key.service_enabled]
        if record is None:
            continue
        if record.state is AccountState.DEACTIVATED:
            known = any(client_id in keys for client_id in live)
            findings += [Finding(Wrong.ACCOUNT_LIVE, username)] if image.enabled or known else []
            findings += [Finding(Wrong.KEY_LIVE, client_id) for client_id in live if client_id not in keys]
        else:
            findings += [Finding(Wrong.KEY_LIVE, c) for c in live if c in keys and keys[c].state.is_over]
            findings += [Finding(Wrong.KEY_UNKNOWN, client_id) for client_id in live if client_id not in keys]
    return tuple(findings)


def judge_key_scopes(
    records: Mapping[Username, AccountRecord],
    keys: Mapping[ClientId, ApiKeyRecord],
    mandates: Iterable[MandateRecord],
    images: Mapping[Username, AccountImage],
) -> tuple[Finding, ...]:
    """Find keys that open otherwise than the ledger says; those that have ended open nothing anyhow. Source: order cl.
    5.
    """
    of_account: defaultdict[Username, list[MandateRecord]] = defaultdict(list)
    for mandate in mandates:
        of_account[mandate.username].append(mandate)
    return tuple(
        finding
        for username, image in sorted(images.items())
        if (record := records.get(username)) is not None and record.state is not AccountState.DEACTIVATED
        for key in image.keys
        if key.client_id in keys and not keys[key.client_id].state.is_over
        for finding in _of_key_scopes(key.client_id, key_scopes(record, of_account.get(username, ())), key.opens)
    )


def judge_ois(
    records: Mapping[Slug, OisRecord], found: Mapping[ClientId, tuple[str, ...] | None], clients: Iterable[ClientId]
) -> tuple[Finding, ...]:
    """Find OIS that Keycloak has otherwise than the ledger. Source: order cl. 6.

    `found`: the differences of each OIS that was ever connected, None for one that Keycloak does not have; `clients`:
    all clients with the name of an OIS.
    """
    known = {ois_client_id(slug): record for slug, record in records.items()}
    findings = [Finding(Wrong.OIS_UNKNOWN, client_id) for client_id in clients if client_id not in known]
    for client_id, differences in sorted(found.items()):
        wrong = _ois(known[client_id], differences)
        if wrong is not None:
            findings.append(Finding(wrong, client_id, changed_seq=known[client_id].changed_seq))
    return tuple(findings)


def judge_operators(
    records: Iterable[OisRecord], live: Collection[Slug], altered: Collection[Slug]
) -> tuple[Finding, ...]:
    """Find operators whose accounts can still sign in (`live`, of ended OIS) or are not as recorded (`altered`, of the
    others). Source: order cl. 6.
    """
    return tuple(
        Finding(wrong, record.client_id, changed_seq=record.changed_seq)
        for record in records
        for wrong, slugs in ((Wrong.OPERATOR_LIVE, live), (Wrong.OPERATOR_ALTERED, altered))
        if record.slug in slugs
    )


def _of_key_scopes(client_id: ClientId, wanted: KeyScopes, found: KeyScopes) -> Iterator[Finding]:
    if found != wanted:
        wider = any(scope not in wanted or not set(rights) <= set(wanted[scope]) for scope, rights in found.items())
        yield Finding(Wrong.SCOPE_FOREIGN if wider else Wrong.SCOPE_LOST, client_id, opens=found)


def _ois(record: OisRecord, differences: tuple[str, ...] | None) -> Wrong | None:
    if differences is None:
        return Wrong.OIS_LOST
    if "enabled" in differences and record.state is not OisState.CONNECTED:
        return Wrong.OIS_LIVE
    if differences == ("enabled",):
        return Wrong.OIS_STOPPED
    return Wrong.OIS_ALTERED if differences else None
