"""Clause 3: changes come by git; what is changed by hand is found and taken back."""

from __future__ import annotations

from examples.demo.props import COPY
from examples.demo.scene import Scene
from examples.demo.stage import chapter, check, run, say, show
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_user


def play(scene: Scene) -> None:
    """An edit, a widened sphere, a folder full of mistakes."""
    chapter("cl. 3", "A change in YAML is one change in the plan")
    show(scene.school.write(email="office@demo.example"))
    run("plan", str(COPY), expect=2)
    run("apply", str(COPY))
    run("plan", str(COPY))
    chapter("cl. 3, 12", "Somebody widens the key's sphere by hand in Keycloak")
    connection = KeycloakConnection.from_settings(scene.settings)
    service = require_user(connection, f"service-account-{scene.school.key}")
    attributes = {**service["attributes"], "sphere": ["/00-0000001"]}
    connection.put(f"/users/{service['id']}", {**service, "attributes": attributes})
    run("drift", str(COPY), expect=2)
    say("An apply puts it back:")
    run("apply", str(COPY))
    back = require_user(connection, f"service-account-{scene.school.key}")["attributes"]["sphere"]
    check(back == [f"/00-0000001/{scene.school.id}"], "the sphere is its own again")
    chapter("cl. 3", "Bad input: every mistake at once, nothing contacted")
    scene.school.write("edrpou: 01234567", "kindd: school", "email: not-an-address")
    run("validate", str(COPY), expect=1)
    scene.school.write(email="office@demo.example")
