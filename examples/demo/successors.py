"""Clauses 4 and 8, an API key's successors: planned rotation with an overlap, cut-off at once, a leaked key."""

from __future__ import annotations

from examples.demo.scene import Scene
from examples.demo.stage import chapter, check, run, say, token
from provisioning.model.secret import Secret


def play(scene: Scene) -> None:
    """Rotation → cut-off → leak; afterwards the scene holds the newest key."""
    _rotation(scene)
    _cut_off(scene)
    _leak(scene)


def _rotation(scene: Scene) -> None:
    chapter("cl. 4", "A planned change of the key: both work for a while")
    old, secret = scene.key, scene.api_key
    run("keys", "rotate", scene.school.id, "--overlap", "24")
    scene.next_key(Secret(run("keys", "reveal", scene.school.id, secret=True)))
    token(scene.token_endpoint, old, secret.reveal())
    token(scene.token_endpoint, scene.key, scene.api_key.reveal())
    say("The institution has moved on and ends the overlap early:")
    run("keys", "retire", old)
    token(scene.token_endpoint, old, secret.reveal(), expect=401)


def _cut_off(scene: Scene) -> None:
    chapter("cl. 8", "Cut-off: the key and every token from it are dead, a new key takes its place")
    old, secret = scene.key, scene.api_key
    scene.reader.let_see(old)
    issued = token(scene.token_endpoint, old, secret.reveal())["access_token"]
    check(scene.reader.is_active(issued), "a token issued a moment ago is good")
    run("keys", "cut-off", scene.school.id, "--reason", "request", "--requested-by", "директор, лист № 4")
    token(scene.token_endpoint, old, secret.reveal(), expect=401)
    check(not scene.reader.is_active(issued), "the token issued before is dead, though it has not expired")
    run("outbox", "send")
    scene.next_key(Secret(run("keys", "reveal", scene.school.id, secret=True)))
    token(scene.token_endpoint, scene.key, scene.api_key.reveal())
    scene.reader.let_go(old, scene.key)
    run("keys", "status", scene.school.id)


def _leak(scene: Scene) -> None:
    chapter("cl. 8, 10", "A key is found in public: whose it is can be told offline, and it is dead at once")
    text = f"config = {scene.api_key.reveal()}\n"
    run("keys", "check", "-", stdin=text, expect=2)
    run("keys", "leaked", "-", "--where", "https://paste.example/1", stdin=text)
    token(scene.token_endpoint, scene.key, scene.api_key.reveal(), expect=401)
    scene.next_key(Secret(run("keys", "reveal", scene.school.id, secret=True)))
    scene.reader.let_see(scene.key)
