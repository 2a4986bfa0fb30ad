"""The door of a realm as its narrow accounts see it, and proofs that people are signed in at the portal."""

from __future__ import annotations

from typing import Any

from provisioning.keycloak.door import Door, open_door
from provisioning.model.secret import Secret
from tests.support.code_login import CodeLogin
from tests.support.sidecar_with_keycloak import Person, SidecarWithKeycloak, one_time_code

CLIENT = "sidecar"


def door(portal: SidecarWithKeycloak, account: str, proof: str | None = None) -> Door:
    """The door for a narrow account, with the secret that the sidecar has."""
    opened = open_door(portal.settings, account)
    assert opened is not None
    return Door(opened.connection, account, None if proof is None else Secret(proof))


def sign_in(portal: SidecarWithKeycloak, person: Person) -> dict[str, Any]:
    """The tokens that the portal gets when a person gives password and second factor."""
    realm = portal.realm
    public = f"{realm.settings.keycloak_public_url}/realms/{realm.name}"
    login = CodeLogin(public, CLIENT, f"{portal.url}/auth/callback")
    second = login.fill(login.open(), username=person.username, password=person.password)
    code = login.code(login.fill(second, otp=one_time_code(person.code_secret)))
    answer = login.redeem(code, client_secret=portal.settings.require("AIKOM_SIDECAR_SECRET"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def proof_of(portal: SidecarWithKeycloak, username: str) -> str:
    """The ID token of a sign-in of this moment."""
    return str(sign_in(portal, portal.people[username])["id_token"])
