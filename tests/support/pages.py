"""Which pages there are, and which of them a test has looked at as somebody who needs them accessible would.

`PAGES` says where each route that shows a page is checked; a file that checks others, or fewer, than its row says
fails at its end, so that the table is what happens. Source: WCAG 2.2 AA, EN 301 549.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from sidecar.blueprints import MOUNTED

PAGES: Final[Mapping[str, frozenset[str]]] = {
    "tests/browser/test_by_authority.py": frozenset(
        {
            "/account/mandates/",
            "/account/mandates/by-authority",
            "/authority/ois/",
            "/authority/ois/<slug>",
        }
    ),
    "tests/browser/test_desk.py": frozenset(
        {
            "/account/requests",
            "/authority",
            "/authority/institutions/<username>",
            "/desk",
            "/desk/administrators",
            "/desk/administrators/<int:number>",
            "/desk/bulk",
            "/desk/bulk/decisions/<int:number>",
            "/desk/bulk/proposals/<int:number>",
            "/desk/cut-offs/<int:number>",
            "/desk/figures",
            "/desk/institutions",
            "/desk/institutions/<username>",
            "/desk/institutions/<username>/deactivate",
            "/desk/institutions/<username>/reinstate",
            "/desk/ledger",
            "/desk/ledger/<int:seq>",
            "/desk/ledger/verify",
            "/desk/requests/<number>",
            "/desk/watch",
        }
    ),
    "tests/browser/test_journey_institution.py": frozenset(
        {
            "/account",
            "/account/cut-off/",
            "/account/cut-off/every",
            "/account/cut-off/leak",
            "/account/cut-off/ois/<slug>",
            "/account/keys/<client_id>/reveal",
            "/account/keys/rotate",
            "/account/mandates/",
            "/account/mandates/<mandate_id>/withdraw",
            "/account/mandates/direct-use",
            "/account/mandates/give/<slug>",
            "/account/reads",
            "/account/requests",
            "/ois",
        }
    ),
    "tests/browser/test_journeys.py": frozenset(
        {
            "/authority",
            "/authority/institutions/<username>",
            "/desk",
            "/desk/figures",
            "/desk/institutions",
            "/desk/institutions/<username>",
            "/desk/institutions/<username>/deactivate",
            "/desk/ledger",
            "/desk/ois/",
            "/desk/ois/<slug>",
            "/ois/<slug>",
            "/onboarding/",
            "/onboarding/application/",
            "/onboarding/application/agreement",
            "/onboarding/apply",
            "/onboarding/sent",
        }
    ),
    "tests/browser/test_ois_portal.py": frozenset(
        {
            "/onboarding/application/",
            "/operator/",
            "/operator/keys/",
            "/operator/mandates",
            "/operator/refusals",
            "/operator/usage",
        }
    ),
    "tests/browser/test_onboarding.py": frozenset(
        {
            "/desk/ois/",
            "/desk/ois/<slug>",
            "/ois",
            "/ois/<slug>",
            "/onboarding/",
            "/onboarding/agreement",
            "/onboarding/apply",
            "/onboarding/link",
            "/onboarding/link/open",
            "/onboarding/sent",
        }
    ),
    "tests/browser/test_portal_keys.py": frozenset(
        {
            "/account/keys/<client_id>/retire",
            "/account/keys/<client_id>/reveal",
            "/account/keys/rotate",
        }
    ),
    "tests/browser/test_self_test.py": frozenset(
        {
            "/desk/ois/<slug>/self-test/<identifier>",
            "/onboarding/application/",
            "/onboarding/application/self-test/",
            "/onboarding/application/self-test/<identifier>",
        }
    ),
    "tests/browser/test_sidecar_accessibility.py": frozenset(
        {
            "/",
            "/account",
            "/account/reads",
            "/auth/callback",
            "/desk/diagnosis",
            "/desk/reads",
            "/leaks/report",
            "/ois",
            "/ois/embed",
            "/problems",
            "/problems/<code>",
        }
    ),
}
"""File with browser tests → rules of the pages that it checks."""

NO_PAGES: Final = frozenset(
    {
        "/.well-known/aikom-jwks.json",
        "/account/reads.csv",
        "/api/v1/ois/applications/<identifier>",
        "/api/v1/ois/mandates",
        "/api/v1/ois/refusals",
        "/api/v1/ois/self",
        "/api/v1/ois/usage",
        "/api/v1/openapi.json",
        "/api/v1/sandbox/runs",
        "/api/v1/sandbox/runs/<identifier>",
        "/auth/login",
        "/authority/institutions.csv",
        "/desk/institutions.csv",
        "/desk/ois/<slug>/papers/<sha256>",
        "/desk/reads.csv",
        "/health/live",
        "/health/ready",
        "/ois.atom",
        "/ois.csv",
        "/ois.json",
        "/ois.jws",
        "/ois/<slug>/conclusion.jws",
        "/onboarding/application/self-test/<identifier>.json",
        "/operator/usage.csv",
    }
)
"""Rules that answer programs, hand out files or lead on to another page."""

seen: Final[defaultdict[str, set[str]]] = defaultdict(set)
"""File → rules of the pages that were checked in this process."""


def note(url: str) -> None:
    """A page at this address was checked by the test that is running."""
    file = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]
    rule = rule_of(urlsplit(url).path)
    if rule is not None:
        seen[file].add(rule)


def rule_of(path: str) -> str | None:
    """The rule by which the sidecar answers a GET of this path; None for what is no page of ours."""
    try:
        found = _addresses().match(path, "GET", return_rule=True)[0]
    except (HTTPException, RequestRedirect):
        return None
    return found.rule


def rules() -> frozenset[str]:
    """All rules that answer a GET."""
    return frozenset(rule.rule for rule in _addresses().map.iter_rules() if "GET" in (rule.methods or ()))


@cache
def _addresses() -> MapAdapter:
    app = Flask("addresses", static_folder=None)
    for mounted in MOUNTED:
        app.register_blueprint(mounted.blueprint)
    return app.url_map.bind("localhost")
