"""Logins through Keycloak's forms, each from an address: guesses, entries, and what a person sees."""

from __future__ import annotations

import re

import requests

from tests.support.addresses import new_address, session_from
from tests.support.code_login import CodeLogin
from tests.support.sidecar_with_keycloak import Person, SidecarWithKeycloak, one_time_code


def begun(portal: SidecarWithKeycloak, address: str | None = None) -> CodeLogin:
    """A login from an address; from one that is new if none is given."""
    public = f"{portal.settings.keycloak_public_url}/realms/{portal.realm.name}"
    # The form counts wrong passwords by address too; here each login has its own.
    return CodeLogin(public, "sidecar", f"{portal.url}/auth/callback", jar=session_from(address or new_address()))


def words(answer: requests.Response) -> str:
    """What a person sees, without the name that was typed and what differs with every page."""
    body = re.sub(r"<script.*?</script>|<style.*?</style>", "", answer.text, flags=re.DOTALL | re.IGNORECASE)
    shown = re.sub(r'(?:value|href|action|id)="[^"]*"', "", body)
    return re.sub(r"\s+", " ", shown)


def forget_failures(portal: SidecarWithKeycloak) -> None:
    """Every name has no failure."""
    portal.realm.admin.delete("/attack-detection/brute-force/users")


def waits(portal: SidecarWithKeycloak, seconds: int) -> None:
    """A name waits so long after the fifth failure and each further one."""
    admin = portal.realm.admin
    changed = {"waitIncrementSeconds": seconds, "maxFailureWaitSeconds": seconds}
    admin.put("", {**admin.get(""), **changed})


def guess(portal: SidecarWithKeycloak, address: str, name: str, password: str, **headers: str) -> requests.Response:
    """The answer to a password from an address."""
    login = begun(portal, address)
    login.jar.headers.update({key.replace("_", "-"): value for key, value in headers.items()})
    return login.fill(login.open(), username=name, password=password)


def enters(portal: SidecarWithKeycloak, person: Person, address: str | None = None) -> bool:
    """Whether the right password and code lead back to the portal."""
    login = begun(portal, address)
    second = login.fill(login.open(), username=person.username, password=person.password)
    if second.status_code != 200 or 'name="otp"' not in second.text:
        return False
    return login.fill(second, otp=one_time_code(person.code_secret)).is_redirect
