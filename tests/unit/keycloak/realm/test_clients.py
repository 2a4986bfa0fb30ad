"""The client by which people sign in: it takes them back to every address at which a part of the sidecar is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from provisioning.keycloak.names import SIDECAR
from provisioning.keycloak.realm.clients import Clients
from provisioning.settings import Settings

ONE = {
    "AIKOM_REALM": "aikom",
    "AIKOM_KEYCLOAK_URL": "http://localhost:8080",
    "AIKOM_SIDECAR_URL": "http://localhost:8000",
    "AIKOM_SIDECAR_SECRET": "s" * 43,
}


def _fields(**more: str) -> dict[Any, Any]:
    context = cast(Any, SimpleNamespace(settings=Settings({**ONE, **more})))
    return next(dict(one.fields) for one in Clients().desired(context) if one.name == SIDECAR)


def test_people_come_back_to_the_one_address_of_all_parts() -> None:
    fields = _fields()
    assert fields[("redirectUris",)] == ("http://localhost:8000/", "http://localhost:8000/auth/callback")
    assert fields[("attributes", "post.logout.redirect.uris")] == "http://localhost:8000/"


def test_people_come_back_to_the_desks_own_address_too() -> None:
    fields = _fields(AIKOM_DESK_URL="http://desk.localhost")
    assert fields[("redirectUris",)] == (
        "http://desk.localhost/auth/callback",
        "http://localhost:8000/",
        "http://localhost:8000/auth/callback",
    )
    after = fields[("attributes", "post.logout.redirect.uris")]
    assert after == "http://localhost:8000/##http://desk.localhost/"
