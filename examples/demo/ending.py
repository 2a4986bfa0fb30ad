"""Clauses 7, 8, 10 and 11: keys are rotated and cut off, an account ends, and no way leads back."""

from __future__ import annotations

import requests

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.lookups import require_user
from tests.support.activation import open_link

from .props import COPY, DEAD
from .scene import Scene, picture
from .stage import chapter, check, run, say, show, token


def play(scene: Scene) -> None:
    """Rotation → cut-off → deactivation → every way back → a second generation."""
    _deactivate(scene)
    _no_way_back(scene)
    _second_generation(scene)


def _deactivate(scene: Scene) -> None:
    chapter("cl. 7, 10", "Access ends by deactivating the account, for a reason from the closed list")
    check(_active(scene, scene.tokens[0]), "the token issued a moment ago is good")
    show(scene.school.write(DEAD, email="office@demo.example"))
    run("plan", str(COPY), expect=2)
    run("apply", str(COPY))
    token(scene.token_endpoint, scene.school.key, scene.api_key.reveal(), expect=401)
    check(not _active(scene, scene.tokens[0]), "the token issued before is dead as well")


def _no_way_back(scene: Scene) -> None:
    chapter("cl. 11", "A deactivated account of an institution is never used again")
    say("By YAML: the line is taken out again.")
    scene.school.write(email="office@demo.example")
    run("plan", str(COPY), expect=4)
    scene.school.write(DEAD, email="office@demo.example")
    say("By the Keycloak console: somebody enables the user.")
    connection = KeycloakConnection.from_settings(scene.settings)
    user = require_user(connection, scene.school.account)
    connection.put(f"/users/{user['id']}", {**user, "enabled": True})
    run("plan", str(COPY), expect=2)
    run("apply", str(COPY))
    check(require_user(connection, scene.school.account)["enabled"] is False, "it is closed again, with an alarm")
    say("By the mailed link:")
    with scene.browser() as page:
        response = open_link(page, scene.base_key)
        picture(page, "6-dead-link")
        check(response.status >= 400, f"refused ({response.status})")


def _second_generation(scene: Scene) -> None:
    chapter("cl. 11", "An institution that may work again gets a new account, a new generation")
    earlier = 'earlier: [{generation: 1, reason: cyber-incident, document: "№ 12-о", date: 2026-01-20}]'
    show(scene.school.write("generation: 2", earlier))
    run("apply", str(COPY))
    run("keys", "status", f"{scene.school.id}-g2")
    say("The stage is cleared: the demo's second account ends too.")
    scene.school.write("generation: 2", earlier, DEAD)
    run("apply", str(COPY))


def _active(scene: Scene, access_token: str) -> bool:
    """Keycloak's own judgement of a token (RFC 7662), asked by the portal's client."""
    answer = requests.post(
        f"{scene.token_endpoint}/introspect",
        data={"token": access_token},
        auth=("sidecar", scene.settings.secret("AIKOM_SIDECAR_SECRET").reveal()),
        timeout=30,
    )
    show(f"POST {answer.url}\n{answer.status_code} {answer.text[:200]}")
    return bool(answer.json()["active"])
