"""kcwarden, an auditor of Keycloak's configuration, over a realm as we make it: no finding without a written reason."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from provisioning.keycloak.lookups import require_client
from provisioning.model.ois import Slug
from tests.support.configuration import school
from tests.support.office import Office, office
from tests.support.third_party import ThirdParty, connected

__all__ = ["office"]
pytestmark = [pytest.mark.keycloak, pytest.mark.assure]

REASONS: Final[Mapping[tuple[str, str], str]] = {
    (
        "ClientAuthenticationViaMTLSOrJWTRecommended",
        r"api-[0-9-]+(-g\d+)?-k\d+",
    ): "an API key is a secret of 256 random bits, copied by hand; only its digest is kept (decision 5)",
    (
        "ClientAuthenticationViaMTLSOrJWTRecommended",
        r"central-db|provisioning|sidecar|aikom-(public|portal|desk)",
    ): "ours: a secret of 256 random bits, compared by digest, that no person ever types (decision 5)",
    (
        "ClientHasUndefinedBaseDomainAndSchema",
        r"security-admin-console",
    ): "Keycloak's own address stands in for the variable; the rest of the address is exact (decision 27)",
    (
        "ClientHasUndefinedBaseDomainAndSchemaInPostLogoutRedirectUri",
        r"admin-cli|broker|central-db|provisioning|realm-management",
    ): "has no logins, so no log-out leads back to it either",
    (
        "ClientWithServiceAccountAndOtherFlowEnabled",
        r"ois-[a-z0-9-]+",
    ): "an OIS exchanges tokens as itself, and may have people log in; both are asked for in its application",
    (
        "KeycloakVersionShouldBeUpToDate",
        r"test-[0-9a-f]+",
    ): "looked up outside, which a test does not do; `provision` refuses versions below its floor by itself",
    (
        "RealmEmailVerificationDisabled",
        r"test-[0-9a-f]+",
    ): "an address is proved by the base key that was sent to it (decision 4)",
}
"""Auditor and whole name of what it found → why it stays so."""


def test_every_finding_has_a_reason_and_every_reason_a_finding(office: Office, tmp_path: Path) -> None:
    findings = audit(office, tmp_path)
    assert len(findings) > 5
    unexplained = [
        f"{found['entity']}: {found['reporting_auditor']} ({found['severity']}): {found['long_description']}"
        for found in findings
        if not any(explains(reason, found) for reason in REASONS)
    ]
    assert unexplained == []
    assert [reason for reason in REASONS if not any(explains(reason, found) for found in findings)] == []


def test_it_finds_what_somebody_loosened_by_hand(office: Office, tmp_path: Path) -> None:
    admin = office.realm.admin
    admin.post("/clients", {"clientId": "stray", "publicClient": True, "redirectUris": ["*"]})
    key = require_client(admin, "api-46-0000001-k1")
    admin.put(f"/clients/{key['id']}", {**key, "directAccessGrantsEnabled": True, "fullScopeAllowed": True})
    found = {finding["entity"] for finding in audit(office, tmp_path) if not any(explains(r, finding) for r in REASONS)}
    assert found == {"stray", "api-46-0000001-k1"}


def audit(office: Office, folder: Path) -> list[dict[str, Any]]:
    """What it finds in the realm's export, once an institution, an OIS with logins and staff are there."""
    admin, export, report = office.realm.admin, folder / "realm.json", folder / "report.json"
    everything = admin.post("/partial-export?exportClients=true&exportGroupsAndRoles=true", None)
    # The test's own client that reads tokens is no part of what we make.
    everything["clients"] = [client for client in everything["clients"] if client["clientId"] != "token-reader"]
    export.write_text(json.dumps(everything), encoding="utf-8")
    program = Path(sys.executable).with_name("kcwarden")
    command = [str(program), "audit", str(export), "--format", "json", "--output", str(report)]
    subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return list(json.loads(report.read_text(encoding="utf-8")))


def explains(reason: tuple[str, str], found: Mapping[str, Any]) -> bool:
    return found["reporting_auditor"] == reason[0] and re.fullmatch(reason[1], found["entity"]) is not None


@pytest.fixture(scope="module", autouse=True)
def country(office: Office) -> None:
    office.folder.write(school(1))
    office.apply()
    connected(office.actor, ThirdParty(office.realm, Slug("diary")), ["students.read"], ["https://diary.example.ua/in"])
