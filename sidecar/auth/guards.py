"""Guards: who may reach a blueprint. Each is named where the blueprint is mounted; a route without one is refused.

A guard reads the ledger's verdict at every request, so a deactivated account is out although its cookie is still valid
(order cl. 7), and a ledger that cannot be read refuses everybody (`RecordsUnavailable`, 503).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

from flask import g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from provisioning.ledger.operational.logouts import has_ended, has_left
from provisioning.ledger.queries.staff import staff_on_record
from provisioning.model.configuration import StaffRole
from provisioning.model.institution import Kind
from provisioning.model.ois import ois_client_id
from provisioning.model.records import AccountRecord
from sidecar.auth import session as signed
from sidecar.auth.identity import Identity
from sidecar.auth.verdicts import Record, as_recorded, verdict
from sidecar.doors.records import records
from sidecar.doors.services import current_time
from sidecar.frame.problems import wants_html
from sidecar.frame.refusals import AccessRefused, Refusal
from sidecar.health.keycloak import KeycloakState, keycloak


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may reach a blueprint. `admits` is None for a public one, and is asked after the verdict otherwise.

    `fresh`: password and second factor must have been given within the last minutes.

    `asks` is for those who have no identity of Keycloak: it answers like `enforce`, in its place.
    """

    name: str
    admits: Callable[[Identity], bool] | None
    fresh: bool = False
    asks: Callable[[], ResponseReturnValue | None] | None = None


PUBLIC: Final = Guard("public", None)
SIGNED_IN: Final = Guard("signed-in", lambda identity: True)
INSTITUTION: Final = Guard("institution", lambda identity: identity.is_account)
AUTHORITY: Final = Guard("authority", lambda identity: identity.is_account and identity.kind is Kind.AUTHORITY)
OPERATOR: Final = Guard("ois-operator", lambda identity: identity.ois is not None)
OPERATOR_FRESH: Final = replace(OPERATOR, name="ois-operator, fresh", fresh=True)
AUTHORITY_FRESH: Final = replace(AUTHORITY, name="authority, fresh", fresh=True)
INSTITUTION_FRESH: Final = replace(INSTITUTION, name="institution, fresh", fresh=True)


def staff(*roles: StaffRole, fresh: bool = False) -> Guard:
    """Return the guard for the Administrator's people with any of `roles`."""
    return Guard("staff:" + ",".join(sorted(roles)), lambda identity: not identity.roles.isdisjoint(roles), fresh)


def identity() -> Identity:
    """Return the signed-in person or institution, in a view whose guard is not public."""
    return cast(Identity, g.identity)


def signed_in_or_none() -> Identity | None:
    """Return who is signed in, for pages that show it but do not need it. Asks for no verdict: grants nothing."""
    return signed.current(current_time()) if session else None


def account_of(who: Identity) -> AccountRecord | None:
    """Read the ledger's record of an account; None for staff and unknown ones. Raises RecordsUnavailable."""
    if not who.is_account:
        return None
    with records().reader() as reader:
        return None if reader.is_unreadable(who.username) else reader.account(who.username)


def on_record(who: Identity) -> Record | None:
    """Read what a verdict rests on: the account, an operator's OIS, roles of staff. Raises RecordsUnavailable."""
    if who.ois is None and who.roles:
        with records().reader() as reader:
            return (staff_on_record(reader) or {}).get(who.username)
    if who.ois is None:
        return account_of(who)
    with records().reader() as reader:
        return None if reader.is_unreadable(ois_client_id(who.ois)) else reader.ois(who.ois)


def enforce(guard: Guard) -> ResponseReturnValue | None:
    """Return None when the request may go on, or a redirect to the login. Raises 401 or AccessRefused."""
    if guard.asks is not None:
        return guard.asks()
    if guard.admits is None:
        return None
    now = current_time()
    # 1. The cookie: no session, or one that Keycloak should confirm again.
    who = signed.current(now)
    if who is None or _is_to_be_renewed(now):
        return _to_login()
    # 2. The login may have ended at Keycloak, and the account in the ledger, while the cookie still stands. Both are
    #    asked at each request, before any guard: what ended must not be seen even by its own page.
    if _has_ended(who):
        signed.end()
        return _to_login()
    record = on_record(who)
    refusal, who = verdict(who, record), as_recorded(who, record)
    if refusal is not None:
        signed.end()
        raise AccessRefused(refusal)
    # 3. Only now who they are, and last how fresh: a stranger is not asked for a password to be turned away.
    if not guard.admits(who):
        raise AccessRefused(Refusal.WRONG_PERSONA)
    if guard.fresh and not signed.is_fresh(now):
        return _to_proof()
    g.identity = who
    return None


def _has_ended(who: Identity) -> bool:
    """Whether this login is over: signed out here, or Keycloak has said so (signed out elsewhere, ended there).

    A cookie that was copied before is dead as well.
    """
    with records().reader() as reader:
        ended = has_ended(reader, signed.login(), who.subject, signed.began())
        return ended or has_left(reader, signed.name(who), signed.began())


def _is_to_be_renewed(now: datetime) -> bool:
    """Not while Keycloak is silent: the session then goes on to its end, under the ledger's verdict as always."""
    return signed.needs_renewal(now) and _is_page() and keycloak().state() is KeycloakState.OK


def _is_page() -> bool:
    return request.method == "GET" and wants_html()


def _to_proof() -> ResponseReturnValue:
    """Ask for password and second factor again; a form that came too late is asked for anew."""
    if not _is_page():
        raise AccessRefused(Refusal.NOT_FRESH)
    return redirect(url_for("auth.login", next=request.full_path.rstrip("?"), fresh="yes"))


def _to_login() -> ResponseReturnValue:
    if not _is_page():
        raise Unauthorized
    return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
