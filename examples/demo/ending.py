"""Clauses 7, 10 and 11: an account ends, no way leads back, and a second generation works."""

from __future__ import annotations

from examples.demo.props import COPY, DEAD
from examples.demo.scene import Scene, picture
from examples.demo.stage import chapter, check, claims, run, say, show, token
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client, require_user
from provisioning.model.secret import Secret
from tests.support.activation import open_link


def play(scene: Scene) -> None:
    """Deactivation → every way back → a second generation."""
    _deactivate(scene)
    _no_way_back(scene)
    _second_generation(scene)


def _deactivate(scene: Scene) -> None:
    chapter("cl. 7, 10", "Access ends by deactivating the account, for a reason from the closed list")
    issued = token(scene.token_endpoint, scene.key, scene.api_key.reveal())["access_token"]
    check(scene.reader.is_active(issued), "a token issued a moment ago is good")
    scene.reader.let_go(scene.key)
    show(scene.school.write(DEAD, email="office@demo.example"))
    say("What is final asks for its exact number:")
    run("plan", str(COPY), expect=4)
    run("apply", str(COPY), "--allow-deactivations", "1")
    token(scene.token_endpoint, scene.key, scene.api_key.reveal(), expect=401)
    check(not scene.reader.is_active(issued), "the token issued before is dead as well")
    run("accounts", "status", scene.school.account)


def _no_way_back(scene: Scene) -> None:
    chapter("cl. 11", "A deactivated account of an institution is never used again")
    say("By YAML: the lines are taken out again.")
    scene.school.write(email="office@demo.example")
    run("plan", str(COPY), expect=4)
    scene.school.write(DEAD, email="office@demo.example")
    say("By command:")
    run("accounts", "reinstate", scene.school.account, "--document", "№ 13-о", expect=4)
    say("By the Keycloak console: somebody enables the user and the key.")
    connection = KeycloakConnection.from_settings(scene.settings)
    user, client = require_user(connection, scene.school.account), require_client(connection, scene.key)
    connection.put(f"/users/{user['id']}", {**user, "enabled": True})
    connection.put(f"/clients/{client['id']}", {**client, "enabled": True})
    run("accounts", "converge", expect=2)
    check(require_user(connection, scene.school.account)["enabled"] is False, "the user is closed again")
    check(require_client(connection, scene.key)["enabled"] is False, "so is the key, and the ledger has an alarm")
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
    second = f"{scene.school.id}-g2"
    secret = Secret(run("keys", "reveal", second, secret=True))
    issued = token(scene.token_endpoint, f"api-{second}-k1", secret.reveal())
    check(claims(issued["access_token"])["institution"] == scene.school.id, "the new key works for the institution")
    token(scene.token_endpoint, scene.key, scene.api_key.reveal(), expect=401)
    say("The stage is cleared: the demo's second account ends too.")
    scene.school.write("generation: 2", earlier, DEAD)
    run("apply", str(COPY), "--allow-deactivations", "1")
