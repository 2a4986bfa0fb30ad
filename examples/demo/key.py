"""Clause 4, the API key: shown once, turned into a token that names institution, kind and sphere."""

from __future__ import annotations

from examples.demo.scene import Scene
from examples.demo.stage import chapter, check, claims, run, say, token
from provisioning.model.secret import Secret

_NOTHING_ELSE = {"exp", "iat", "jti", "iss", "sub", "typ", "azp", "scope", "institution", "kind", "sphere"}


def play(scene: Scene) -> None:
    """Reveal → token → claims → no second reveal."""
    chapter("cl. 4", "The API key is seen once, by its owner")
    scene.key = scene.school.key
    scene.api_key = Secret(run("keys", "reveal", scene.school.id, secret=True))
    say("Keycloak keeps only a digest of it. Nobody can look it up, so nobody can be made to:")
    run("keys", "reveal", scene.school.id, expect=4)
    body = token(scene.token_endpoint, scene.key, scene.api_key.reveal())
    content = claims(body["access_token"])
    check(content["institution"] == scene.school.id, "the token names the institution")
    check(content["sphere"] == f"/00-0000001/{scene.school.id}", "the token names its sphere of activity")
    check(set(content) <= _NOTHING_ELSE, "and nothing superfluous is in it")
