"""`make demo`: from a line of YAML to a token, and to the end of an account. Needs the stack of `make up`."""

from __future__ import annotations

from examples.demo import birth, change, ending, gate, key, onboarding, successors
from examples.demo.props import new_school
from examples.demo.scene import Scene
from examples.demo.stage import chapter, run, say
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.settings import load_settings
from provisioning.stack.paths import StackPaths
from tests.support.token_reader import TokenReader


def main() -> None:
    """Play all chapters in order; stops at the first thing that is not as it should be."""
    settings = load_settings()
    connection = KeycloakConnection.from_settings(settings)
    reader = TokenReader.make(connection, f"{settings.keycloak_public_url}/realms/{settings.realm}")
    scene = Scene(settings, StackPaths.of(), new_school(settings), reader)
    say(f"The stage: Keycloak at {settings.keycloak_public_url}, the portal at {settings.sidecar_url}.")
    say("The demo adds an institution of its own to a copy of realm-config and ends it again.")
    try:
        for part in (birth, key, change, successors, onboarding, gate, ending):
            part.play(scene)
    finally:
        reader.remove()
    chapter("cl. 12", "Everything is in the ledger, and the ledger can be checked")
    run("ledger", "show", scene.school.account)
    run("ledger", "verify")
    say("That was the order, as far as it is built. Pictures of the browser are in .artifacts/.")


if __name__ == "__main__":
    main()
