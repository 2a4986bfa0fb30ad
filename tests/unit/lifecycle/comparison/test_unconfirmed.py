"""With an older ledger, what was granted goes on only where Keycloak shows it exactly so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from provisioning.lifecycle.comparison.unconfirmed import Unconfirmed, judge_unconfirmed
from provisioning.model.identifiers import ClientId, InstitutionId, Username
from provisioning.model.key_scopes import DIRECT_USE, KeyScopes
from provisioning.model.ois import MandateRecord, MandateState, OisRecord, OisState, Slug
from provisioning.model.records import AccountRecord, AccountState
from provisioning.planning.changes import AccountImage
from tests.support.images import USERNAME, closed, image, key

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SLUG = Slug("shodennyk")
RIGHTS = ("classes.read", "students.read")
SHOWN: KeyScopes = {"ois-shodennyk": RIGHTS}
MANDATE = MandateRecord(
    f"{USERNAME}.{SLUG}.1", USERNAME, SLUG, RIGHTS, "12/2026", date(2026, 11, 1), MandateState.GRANTED, NOW
)
OIS = OisRecord(SLUG, "Щоденник", "ТОВ", "12345678", "https://diary.example", OisState.CONNECTED, RIGHTS, NOW)


def account(*, direct_use: bool = False, state: AccountState = AccountState.ACTIVE) -> dict[Username, AccountRecord]:
    record = AccountRecord(USERNAME, InstitutionId("46-0000001"), 1, False, state, NOW)
    return {USERNAME: replace(record, direct_use=direct_use)}


def judged(*images: AccountImage, mandate: MandateRecord = MANDATE, direct_use: bool = False) -> Unconfirmed:
    found = {seen.username: seen for seen in images}
    return judge_unconfirmed(account(direct_use=direct_use), [mandate], found, {SLUG: OIS}, {OIS.client_id: ()})


def test_a_mandate_that_every_live_key_shows_goes_on() -> None:
    shown = image(keys=(key(opens=SHOWN), key(ClientId("api-46-0000001-k2"), opens=SHOWN)))
    assert judged(shown) == Unconfirmed(borne_out=1)


@pytest.mark.parametrize(
    "seen",
    [
        image(keys=(key(opens={}),)),
        image(keys=(key(opens={"ois-another": RIGHTS}),)),
        image(keys=(key(opens={"ois-shodennyk": ("students.read",)}),)),
        image(keys=(key(opens={"ois-shodennyk": (*RIGHTS, "staff.read")}),)),
        image(keys=(key(opens=SHOWN), key(ClientId("api-46-0000001-k2"), opens={}))),
        image(keys=(key(opens=SHOWN, enabled=False),)),
        image(keys=(key(opens=SHOWN, service_enabled=False),)),
        image(keys=()),
        image(keys=(key(opens=SHOWN),), enabled=False),
        closed(),
        image(Username("46-0000009"), keys=(key(opens=SHOWN),)),
    ],
    ids=[
        "detached",
        "only another OIS",
        "narrower since",
        "wider since",
        "not on a newer key",
        "only on a dead key",
        "only on a dead service account",
        "no key at all",
        "login disabled",
        "closed",
        "account not in Keycloak",
    ],
)
def test_a_mandate_that_keycloak_does_not_show_exactly_so_is_taken_back(seen: AccountImage) -> None:
    assert judged(seen).mandates == (MANDATE,)


def test_a_mandate_that_the_ledger_has_as_withdrawn_is_nothing_to_doubt() -> None:
    over = replace(MANDATE, state=MandateState.WITHDRAWN)
    assert judged(image(keys=(key(opens=SHOWN),)), mandate=over) == Unconfirmed()


def test_direct_use_goes_on_only_where_every_live_key_shows_it() -> None:
    both = {**SHOWN, DIRECT_USE: ()}
    assert judged(image(keys=(key(opens=both),)), direct_use=True).direct_use == ()
    assert judged(image(keys=(key(opens=SHOWN),)), direct_use=True).direct_use == (USERNAME,)


def test_that_an_authority_may_grant_shows_nowhere_and_is_asked_again() -> None:
    records = {USERNAME: replace(account()[USERNAME], authority_grants=True)}
    shown = {USERNAME: image(keys=(key(opens=SHOWN),))}
    assert judge_unconfirmed(records, [], shown, {}, {}).authority_grants == (USERNAME,)
    dead = {USERNAME: replace(records[USERNAME], state=AccountState.DEACTIVATED)}
    assert not judge_unconfirmed(dead, [], shown, {}, {})


@pytest.mark.parametrize("found", [None, ("enabled",), ("rights",), ("attributes.jwks.string",)])
def test_a_connected_ois_that_is_not_as_recorded_is_stopped(found: tuple[str, ...] | None) -> None:
    seen = {OIS.client_id: found}
    assert judge_unconfirmed({}, [], {}, {SLUG: OIS}, seen).ois == (SLUG,)
    suspended = replace(OIS, state=OisState.SUSPENDED)
    assert judge_unconfirmed({}, [], {}, {SLUG: suspended}, seen).ois == ()


def test_nothing_granted_is_nothing_to_doubt() -> None:
    assert not judge_unconfirmed(account(), [], {USERNAME: image()}, {}, {})
