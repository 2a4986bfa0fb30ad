"""Persona × route: what everybody gets from every route. A new route without a row fails."""

from __future__ import annotations

import pytest

from sidecar.auth.identity import Identity
from sidecar.blueprints import MOUNTED, guard_of
from tests.support import sidecar_names as names
from tests.support import sidecar_people as people
from tests.support.ois_listed import record_operated
from tests.support.pages import NO_PAGES, PAGES, rules
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PERSONAS: dict[str, Identity | None] = {
    "anonymous": None,
    "school": people.SCHOOL,
    "second generation": people.SECOND_GENERATION,
    "authority": people.AUTHORITY,
    "administrator": people.ADMINISTRATOR,
    "support": people.SUPPORT,
    "auditor": people.AUDITOR,
    "nobody": people.NOBODY,
    "deactivated": people.DEACTIVATED,
    "first generation": people.FIRST_GENERATION,
    "unknown to the ledger": people.UNKNOWN,
    "operator": people.OPERATOR,
    "operator of an ended OIS": people.OPERATOR_OF_ENDED,
}

EVERYBODY = dict.fromkeys(PERSONAS, 200)
NO_TOKEN = dict.fromkeys(PERSONAS, 403)
ACCOUNTS = ("school", "second generation", "authority")
STAFF = ("administrator", "support", "auditor")
MEMBERS = ("school", "second generation", "authority", "administrator", "support", "auditor")

# The key in the addresses below is the school's: for other accounts it does not exist.
OWN_KEY = {**dict.fromkeys(PERSONAS, 403), **dict.fromkeys(ACCOUNTS, 404), "anonymous": 302}

APPLICANTS_ONLY = {**dict.fromkeys(PERSONAS, 302), "operator": 404, "operator of an ended OIS": 403}
"""To the form that mails a link: nobody here has opened one, and the operator's OIS did not apply through the form."""

AUTHORITIES_ONLY = {**dict.fromkeys(PERSONAS, 403), "anonymous": 302}
STAFF = ("administrator", "support", "auditor")
STAFF_ONLY = {**dict.fromkeys(PERSONAS, 403), **dict.fromkeys(STAFF, 200), "anonymous": 302}
ADMINISTRATORS_ONLY = {**dict.fromkeys(PERSONAS, 403), "administrator": 200, "anonymous": 302}

OPERATORS_ONLY = {**dict.fromkeys(PERSONAS, 403), "operator": 200, "anonymous": 302}

TABLE: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/ois"): EVERYBODY,
    ("GET", "/ois.json"): EVERYBODY,
    ("GET", "/ois.csv"): EVERYBODY,
    ("GET", "/ois.atom"): EVERYBODY,
    ("GET", "/ois.jws"): EVERYBODY,
    ("GET", "/.well-known/aikom-jwks.json"): EVERYBODY,
    ("GET", "/ois/embed"): EVERYBODY,
    ("GET", "/ois/<slug>"): dict.fromkeys(PERSONAS, 404),  # None is listed in this test.
    ("GET", "/ois/<slug>/conclusion.jws"): dict.fromkeys(PERSONAS, 404),
    ("GET", "/onboarding/"): EVERYBODY,
    ("GET", "/onboarding/agreement"): EVERYBODY,
    ("GET", "/onboarding/apply"): EVERYBODY,
    ("POST", "/onboarding/apply"): NO_TOKEN,
    ("GET", "/onboarding/sent"): EVERYBODY,
    ("GET", "/onboarding/link"): EVERYBODY,
    ("POST", "/onboarding/link"): NO_TOKEN,
    ("GET", "/onboarding/link/open"): EVERYBODY,
    ("POST", "/onboarding/link/open"): NO_TOKEN,
    ("GET", "/onboarding/application/"): APPLICANTS_ONLY,
    ("GET", "/onboarding/application/agreement"): APPLICANTS_ONLY,
    ("POST", "/onboarding/application/leave"): NO_TOKEN,
    ("POST", "/onboarding/application/agreement"): NO_TOKEN,
    ("POST", "/onboarding/application/checks"): NO_TOKEN,
    ("POST", "/onboarding/application/checks.json"): NO_TOKEN,
    ("GET", "/onboarding/application/self-test/"): APPLICANTS_ONLY,
    ("POST", "/onboarding/application/self-test/"): NO_TOKEN,
    ("GET", "/onboarding/application/self-test/<identifier>"): APPLICANTS_ONLY,
    ("GET", "/onboarding/application/self-test/<identifier>.json"): {
        **APPLICANTS_ONLY,
        **{persona: 401 for persona, status in APPLICANTS_ONLY.items() if status == 302},
    },
    ("GET", "/desk/ois/<slug>/self-test/<identifier>"): {
        **dict.fromkeys(PERSONAS, 403),
        "administrator": 404,
        "anonymous": 302,
    },
    ("GET", "/desk/ois/"): {**dict.fromkeys(PERSONAS, 403), "administrator": 200, "anonymous": 302},
    # Nobody has applied in this test.
    ("GET", "/desk/ois/<slug>"): {**dict.fromkeys(PERSONAS, 403), "administrator": 404, "anonymous": 302},
    ("GET", "/desk/ois/<slug>/papers/<sha256>"): {
        **dict.fromkeys(PERSONAS, 403),
        "administrator": 404,
        "anonymous": 302,
    },
    ("POST", "/desk/ois/<slug>/check"): NO_TOKEN,
    ("POST", "/desk/ois/<slug>/decide/<decision>"): NO_TOKEN,
    ("GET", "/api/v1/openapi.json"): EVERYBODY,
    ("GET", "/api/v1/ois/self"): dict.fromkeys(PERSONAS, 401),  # By the token of an OIS's own client only.
    ("GET", "/api/v1/ois/mandates"): dict.fromkeys(PERSONAS, 401),
    ("GET", "/api/v1/ois/usage"): dict.fromkeys(PERSONAS, 401),
    ("GET", "/api/v1/ois/refusals"): dict.fromkeys(PERSONAS, 401),
    ("GET", "/api/v1/sandbox/runs"): dict.fromkeys(PERSONAS, 404),  # There is no sandbox in this test.
    ("POST", "/api/v1/sandbox/runs"): dict.fromkeys(PERSONAS, 404),
    ("GET", "/api/v1/sandbox/runs/<identifier>"): dict.fromkeys(PERSONAS, 404),
    ("POST", "/api/v1/ois/applications"): dict.fromkeys(PERSONAS, 415),
    ("GET", "/api/v1/ois/applications/<identifier>"): dict.fromkeys(PERSONAS, 404),
    ("GET", "/health/live"): EVERYBODY,
    ("GET", "/health/ready"): dict.fromkeys(PERSONAS, 503),  # No Keycloak in this test.
    ("GET", "/static/<path:filename>"): EVERYBODY,
    ("GET", "/bootstrap/static/<path:filename>"): EVERYBODY,
    ("GET", "/auth/login"): dict.fromkeys(PERSONAS, 302),
    ("GET", "/auth/callback"): dict.fromkeys(PERSONAS, 400),
    ("POST", "/auth/logout"): NO_TOKEN,
    ("POST", "/auth/backchannel-logout"): dict.fromkeys(PERSONAS, 400),  # Only a token that Keycloak signed is taken.
    ("POST", "/leaks"): dict.fromkeys(PERSONAS, 415),  # The test sends no JSON.
    ("GET", "/leaks/report"): EVERYBODY,
    ("POST", "/leaks/report"): NO_TOKEN,
    ("GET", "/account/requests"): {**dict.fromkeys(PERSONAS, 403), **dict.fromkeys(ACCOUNTS, 200), "anonymous": 302},
    ("POST", "/account/requests"): NO_TOKEN,
    ("GET", "/authority"): {**AUTHORITIES_ONLY, "authority": 200},
    ("GET", "/authority/institutions.csv"): {**AUTHORITIES_ONLY, "authority": 200},
    ("GET", "/authority/institutions/<username>"): {**AUTHORITIES_ONLY, "authority": 200},
    ("POST", "/authority/institutions/<username>/base-key"): NO_TOKEN,
    ("POST", "/authority/institutions/<username>/ending"): NO_TOKEN,
    ("GET", "/desk"): STAFF_ONLY,
    ("GET", "/desk/institutions"): STAFF_ONLY,
    ("GET", "/desk/institutions.csv"): STAFF_ONLY,
    ("GET", "/desk/institutions/<username>"): STAFF_ONLY,
    ("GET", "/desk/requests/<number>"): {**STAFF_ONLY, **dict.fromkeys(STAFF, 404)},
    ("GET", "/desk/ledger"): STAFF_ONLY,
    ("GET", "/desk/ledger/<int:seq>"): STAFF_ONLY,
    ("GET", "/desk/ledger/verify"): STAFF_ONLY,
    ("GET", "/desk/watch"): STAFF_ONLY,
    # Nobody has asked for a cut-off in this test.
    ("GET", "/desk/cut-offs/<int:number>"): {**STAFF_ONLY, **dict.fromkeys(STAFF, 404)},
    ("POST", "/desk/cut-offs/<int:number>/approve"): NO_TOKEN,
    ("POST", "/desk/cut-offs/<int:number>/refuse"): NO_TOKEN,
    ("GET", "/desk/figures"): STAFF_ONLY,
    ("POST", "/desk/institutions/<username>/base-key"): NO_TOKEN,
    ("GET", "/desk/institutions/<username>/deactivate"): ADMINISTRATORS_ONLY,
    ("POST", "/desk/institutions/<username>/deactivate"): NO_TOKEN,
    ("GET", "/desk/institutions/<username>/reinstate"): ADMINISTRATORS_ONLY,
    ("POST", "/desk/institutions/<username>/reinstate"): NO_TOKEN,
    ("POST", "/desk/institutions/<username>/unlock"): NO_TOKEN,
    ("POST", "/desk/requests/<number>/answer"): NO_TOKEN,
    ("GET", "/desk/bulk"): ADMINISTRATORS_ONLY,
    ("POST", "/desk/bulk"): NO_TOKEN,
    ("POST", "/desk/bulk/decide"): NO_TOKEN,
    # Nothing is proposed or decided in this test.
    ("GET", "/desk/bulk/decisions/<int:number>"): {**STAFF_ONLY, **dict.fromkeys(STAFF, 404)},
    ("GET", "/desk/bulk/proposals/<int:number>"): {**ADMINISTRATORS_ONLY, "administrator": 404},
    ("POST", "/desk/bulk/proposals/<int:number>/approve"): NO_TOKEN,
    ("POST", "/desk/bulk/proposals/<int:number>/refuse"): NO_TOKEN,
    ("GET", "/desk/administrators"): ADMINISTRATORS_ONLY,
    # No new administrator waits in this test.
    ("GET", "/desk/administrators/<int:number>"): {**ADMINISTRATORS_ONLY, "administrator": 404},
    ("POST", "/desk/administrators/<int:number>/approve"): NO_TOKEN,
    ("POST", "/desk/administrators/<int:number>/refuse"): NO_TOKEN,
    ("GET", "/account/keys/<client_id>/reveal"): {**OWN_KEY, "school": 200},
    ("POST", "/account/keys/<client_id>/reveal"): NO_TOKEN,
    ("GET", "/account/keys/rotate"): {**OWN_KEY, **dict.fromkeys(ACCOUNTS, 200)},
    ("POST", "/account/keys/rotate"): NO_TOKEN,
    ("GET", "/account/keys/<client_id>/retire"): {**OWN_KEY, "school": 200},
    ("POST", "/account/keys/<client_id>/retire"): NO_TOKEN,
    ("GET", "/account/mandates/"): {**OWN_KEY, **dict.fromkeys(ACCOUNTS, 200)},
    # No OIS is connected in this test, and nobody has given a mandate.
    ("GET", "/account/mandates/give/<slug>"): OWN_KEY,
    ("POST", "/account/mandates/give/<slug>"): NO_TOKEN,
    ("GET", "/account/mandates/<mandate_id>/withdraw"): OWN_KEY,
    ("POST", "/account/mandates/<mandate_id>/withdraw"): NO_TOKEN,
    ("GET", "/account/mandates/direct-use"): {**OWN_KEY, **dict.fromkeys(ACCOUNTS, 200)},
    ("POST", "/account/mandates/direct-use"): NO_TOKEN,
    ("GET", "/account/mandates/by-authority"): {**OWN_KEY, **dict.fromkeys(ACCOUNTS, 200)},
    ("POST", "/account/mandates/by-authority"): NO_TOKEN,
    ("GET", "/authority/ois/"): {**AUTHORITIES_ONLY, "authority": 200},
    ("GET", "/authority/ois/<slug>"): {**AUTHORITIES_ONLY, "authority": 404},
    ("POST", "/authority/ois/<slug>"): NO_TOKEN,
    ("POST", "/api/v1/keys/cut-off"): NO_TOKEN,
    ("GET", "/account/cut-off/"): {**OWN_KEY, **dict.fromkeys(ACCOUNTS, 200)},
    ("GET", "/account/cut-off/every"): {**OWN_KEY, **dict.fromkeys(ACCOUNTS, 200)},
    ("POST", "/account/cut-off/every"): NO_TOKEN,
    ("GET", "/account/cut-off/leak"): {**OWN_KEY, **dict.fromkeys(ACCOUNTS, 200)},
    ("POST", "/account/cut-off/leak"): NO_TOKEN,
    ("GET", "/account/cut-off/ois/<slug>"): OWN_KEY,
    ("POST", "/account/cut-off/ois/<slug>"): NO_TOKEN,
    ("GET", "/problems"): EVERYBODY,
    ("GET", "/problems/<code>"): EVERYBODY,
    ("GET", "/desk/diagnosis"): {**ADMINISTRATORS_ONLY, "support": 200},
    ("POST", "/desk/diagnosis"): NO_TOKEN,
    ("GET", "/account/reads"): {**dict.fromkeys(PERSONAS, 403), **dict.fromkeys(ACCOUNTS, 200), "anonymous": 302},
    ("GET", "/account/reads.csv"): {**dict.fromkeys(PERSONAS, 403), **dict.fromkeys(ACCOUNTS, 200), "anonymous": 302},
    ("GET", "/desk/reads"): {**dict.fromkeys(PERSONAS, 403), **dict.fromkeys(STAFF, 200), "anonymous": 302},
    ("GET", "/desk/reads.csv"): {**dict.fromkeys(PERSONAS, 403), **dict.fromkeys(STAFF, 200), "anonymous": 302},
    ("GET", "/account"): {
        **dict.fromkeys(PERSONAS, 403),
        **dict.fromkeys(MEMBERS, 200),
        "anonymous": 302,
        "operator": 302,  # To the page of its OIS.
    },
    ("GET", "/operator/"): OPERATORS_ONLY,
    ("GET", "/operator/mandates"): OPERATORS_ONLY,
    ("GET", "/operator/usage"): OPERATORS_ONLY,
    ("GET", "/operator/usage.csv"): OPERATORS_ONLY,
    ("GET", "/operator/refusals"): OPERATORS_ONLY,
    ("GET", "/operator/keys/"): OPERATORS_ONLY,
    ("POST", "/operator/keys/"): NO_TOKEN,
}

ADDRESSES = {
    "/authority/ois/<slug>": "/authority/ois/diary",
    "/onboarding/application/self-test/<identifier>": "/onboarding/application/self-test/" + "0" * 32,
    "/onboarding/application/self-test/<identifier>.json": f"/onboarding/application/self-test/{'0' * 32}.json",
    "/desk/ois/<slug>/self-test/<identifier>": "/desk/ois/diary/self-test/" + "0" * 32,
    "/api/v1/sandbox/runs/<identifier>": "/api/v1/sandbox/runs/" + "0" * 32,
    "/desk/ois/<slug>": "/desk/ois/diary",
    "/desk/ois/<slug>/papers/<sha256>": "/desk/ois/diary/papers/" + "0" * 64,
    "/desk/ois/<slug>/check": "/desk/ois/diary/check",
    "/desk/ois/<slug>/decide/<decision>": "/desk/ois/diary/decide/propose-connection",
    "/problems/<code>": "/problems/outside-sphere",
    "/ois/<slug>": "/ois/diary",
    "/ois/<slug>/conclusion.jws": "/ois/diary/conclusion.jws",
    "/authority/institutions/<username>": f"/authority/institutions/{names.SCHOOL}",
    "/authority/institutions/<username>/base-key": f"/authority/institutions/{names.SCHOOL}/base-key",
    "/authority/institutions/<username>/ending": f"/authority/institutions/{names.SCHOOL}/ending",
    "/desk/institutions/<username>": f"/desk/institutions/{names.SCHOOL}",
    "/desk/institutions/<username>/base-key": f"/desk/institutions/{names.SCHOOL}/base-key",
    "/desk/institutions/<username>/deactivate": f"/desk/institutions/{names.SCHOOL}/deactivate",
    "/desk/institutions/<username>/reinstate": f"/desk/institutions/{names.AUTHORITY}/reinstate",
    "/desk/institutions/<username>/unlock": f"/desk/institutions/{names.SCHOOL}/unlock",
    "/desk/ledger/<int:seq>": "/desk/ledger/1",
    "/desk/cut-offs/<int:number>": "/desk/cut-offs/1",
    "/desk/cut-offs/<int:number>/approve": "/desk/cut-offs/1/approve",
    "/desk/cut-offs/<int:number>/refuse": "/desk/cut-offs/1/refuse",
    "/desk/bulk/decisions/<int:number>": "/desk/bulk/decisions/1",
    "/desk/bulk/proposals/<int:number>": "/desk/bulk/proposals/1",
    "/desk/bulk/proposals/<int:number>/approve": "/desk/bulk/proposals/1/approve",
    "/desk/bulk/proposals/<int:number>/refuse": "/desk/bulk/proposals/1/refuse",
    "/desk/administrators/<int:number>": "/desk/administrators/1",
    "/desk/administrators/<int:number>/approve": "/desk/administrators/1/approve",
    "/desk/administrators/<int:number>/refuse": "/desk/administrators/1/refuse",
    "/desk/requests/<number>": "/desk/requests/0123456789abcdef",
    "/desk/requests/<number>/answer": "/desk/requests/0123456789abcdef/answer",
    "/api/v1/ois/applications/<identifier>": "/api/v1/ois/applications/" + "0" * 32,
    "/account/keys/<client_id>/reveal": f"/account/keys/api-{names.SCHOOL}-k1/reveal",
    "/account/keys/<client_id>/retire": f"/account/keys/api-{names.SCHOOL}-k1/retire",
    "/account/cut-off/ois/<slug>": "/account/cut-off/ois/diary",
    "/account/mandates/give/<slug>": "/account/mandates/give/diary",
    "/account/mandates/<mandate_id>/withdraw": f"/account/mandates/{names.SCHOOL}.diary.1/withdraw",
    "/static/<path:filename>": "/static/site.css",
    "/bootstrap/static/<path:filename>": "/bootstrap/static/css/bootstrap.min.css",
}


@pytest.mark.parametrize("persona", PERSONAS)
def test_every_persona_gets_from_every_route_what_the_table_says(sidecar: Sidecar, persona: str) -> None:
    record_operated(sidecar.ledger)
    who = PERSONAS[persona]
    answers = {}
    for method, rule in TABLE:
        client = sidecar.client() if who is None else sidecar.signed_in(who)
        with client.open(ADDRESSES.get(rule, rule), method=method, headers={"Accept": "text/html"}) as response:
            answers[method, rule] = response.status_code
    assert answers == {route: statuses[persona] for route, statuses in TABLE.items()}


def test_every_route_has_a_row(sidecar: Sidecar) -> None:
    routes = {
        (method, rule.rule)
        for rule in sidecar.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(TABLE)


def test_every_page_is_looked_at_in_a_browser_and_found_accessible() -> None:
    checked = frozenset().union(*PAGES.values())
    assert checked & NO_PAGES == frozenset()
    assert checked | NO_PAGES == rules()


def test_every_route_has_a_guard(sidecar: Sidecar) -> None:
    endpoints = {rule.endpoint for rule in sidecar.app.url_map.iter_rules()}
    assert {endpoint for endpoint in endpoints if guard_of(endpoint) is None} == set()


def test_a_route_that_nobody_gave_a_guard_is_refused(sidecar: Sidecar) -> None:
    sidecar.app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    assert sidecar.client().get("/forgotten").status_code == 403


def test_blueprints_do_not_share_a_name() -> None:
    names = [mounted.blueprint.name for mounted in MOUNTED]
    assert len(names) == len(set(names))
