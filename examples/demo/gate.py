"""Clauses 3, 5, 8 and 12 at the central database's door: the gate decides on every request of an OIS."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import requests

from examples.central_database.processes import running_database, wait_for
from examples.central_database.proxies import Address, Proxy, running_nginx
from examples.central_database.register import Entry, write_register
from examples.demo.scene import Scene, acting
from examples.demo.stage import chapter, check, fail, run, say, show, token
from provisioning.ledger import open_ledger
from provisioning.ledger.operational.access import counts
from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.lifecycle.ois.connection import resume, suspend
from provisioning.model.access import AccessCount
from provisioning.model.ois import Slug
from provisioning.model.secret import Secret
from provisioning.stack.ports import free_port
from tests.support.realm import Realm
from tests.support.third_party import ThirdParty, connected, terminate

NEIGHBOUR = "99-0000000"
_PATIENCE_S = 10
_SHOWN = 2
_REFUSED = 2
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Door:
    """The central database behind nginx and the gate."""

    url: str

    def pupils(self, institution: str, bearer: str) -> requests.Response:
        """What an OIS asks for."""
        return requests.get(
            f"{self.url}/v1/institutions/{institution}/students",
            headers={"Authorization": f"Bearer {bearer}", "Accept-Language": "en"},
            timeout=30,
        )


def play(scene: Scene) -> None:
    """Mandate → exchange → read → refused elsewhere → cut off."""
    if shutil.which("nginx") is None and not Path("/usr/sbin/nginx").exists():
        fail("this chapter needs nginx: sudo apt-get install nginx-light")
    with _door(scene) as door:
        ois = _mandate(scene)
        subject = token(scene.token_endpoint, scene.key, scene.api_key.reveal())["access_token"]
        bearer = _exchange(ois, subject)
        _another(scene, subject)
        _read(scene, door, bearer)
        _suspension(scene, door, ois, bearer)
        _cut_off(scene, door, bearer)
        check(not ois.exchange(subject).ok, "and what the OIS had from the API key cannot be exchanged any more")
        _next_key(scene)
    _counts(scene)
    with acting(scene) as actor:
        terminate(actor, ois.slug, "кінець показу")
    say(f"The stage is cleared: the connection of {ois.client_id} is ended, and the public list is as before.")


@contextmanager
def _door(scene: Scene) -> Iterator[Door]:
    """nginx on a free port; the gate is the running sidecar's."""
    gate, secret = urlsplit(scene.settings.sidecar_url).port or 80, scene.settings.require("AIKOM_GATE_SECRET")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        own = (
            ("00-0000001", True, "/00-0000001"),
            *((i, False, f"/00-0000001/{i}") for i in (scene.school.id, NEIGHBOUR)),
        )
        write_register(folder / "register.json", [Entry(i, f"Заклад {i}", sphere, top) for i, top, sphere in own])
        database = stack.enter_context(running_database(folder, folder / "register.json"))
        proxy = Proxy(folder, free_port(), [Address(gate)], database, secret)
        wait_for(Address(proxy.port), stack.enter_context(running_nginx(proxy)))
        yield Door(proxy.url)


def _mandate(scene: Scene) -> ThirdParty:
    chapter("cl. 5", "Without a mandate an API key opens nothing; the institution gives one, under a contract")
    ois = scene.ois or fail("no OIS was connected before this chapter")
    before = ois.exchange(token(scene.token_endpoint, scene.key, scene.api_key.reveal())["access_token"])
    show(f"POST {scene.token_endpoint} (exchange by {ois.client_id})\n{before.status_code} {before.text}")
    check(before.status_code == requests.codes.forbidden, "without a mandate the exchange is refused, with the reason")
    with acting(scene) as actor:
        mandate = grant(actor, scene.school.id, ois.slug, Contract("7/2026", actor.today()))
    say(f"Contract 7/2026: mandate {mandate.id}, rights {', '.join(mandate.rights)}.")
    return ois


def _exchange(ois: ThirdParty, subject: str) -> str:
    say("The OIS exchanges what it got for the institution's API key, signing with its own key (RFC 8693):")
    answer = ois.exchange(subject)
    check(answer.status_code == requests.codes.ok, "the exchange gives a token for the central database")
    return str(answer.json()["access_token"])


def _another(scene: Scene, subject: str) -> None:
    with acting(scene) as actor:
        realm = Realm(scene.settings.realm, scene.settings, actor.connection, actor.connection)
        other = ThirdParty(realm, Slug(f"other-{scene.school.id.replace('-', '')}"))
        connected(actor, other, ("students.read",))
        answer = other.exchange(subject)
        terminate(actor, other.slug, "кінець показу")
    show(f"POST {scene.token_endpoint} (exchange by {other.client_id})\n{answer.status_code} {answer.text}")
    check(answer.status_code == requests.codes.forbidden, "another OIS, connected as well, cannot use this mandate")


def _suspension(scene: Scene, door: Door, ois: ThirdParty, bearer: str) -> None:
    chapter("cl. 6", "Suspension stops an OIS at once, whatever tokens it holds")
    with acting(scene) as actor:
        suspend(actor, ois.slug, "перевірка після скарги")
        _wait_for(door, scene, bearer, requests.codes.forbidden, "the OIS is suspended")
        resume(actor, ois.slug, "скаргу не підтверджено")
        _wait_for(door, scene, bearer, requests.codes.ok, "resumed, it works again under the same mandate")


def _wait_for(door: Door, scene: Scene, bearer: str, status: int, what: str) -> None:
    end = time.monotonic() + _PATIENCE_S
    while (answer := door.pupils(scene.school.id, bearer)).status_code != status:
        if time.monotonic() > end:
            fail(f"the gate still answers {answer.status_code}")
    said = answer.json()
    show(f"GET {answer.url}\n{answer.status_code} {said['title'] if isinstance(said, dict) else f'{len(said)} pupils'}")
    check(answer.status_code == status, what)


def _read(scene: Scene, door: Door, bearer: str) -> None:
    chapter("cl. 3", "Through the gate: its own institution's data, and nobody else's")
    answer = door.pupils(scene.school.id, bearer)
    show(f"GET {answer.url}\n{answer.status_code} {json.dumps(answer.json()[:_SHOWN], ensure_ascii=False)} …")
    check(answer.status_code == requests.codes.ok, "the OIS reads the pupils of the institution it works for")
    other = door.pupils(NEIGHBOUR, bearer)
    show(f"GET {other.url}\n{other.status_code} {json.dumps(other.json(), ensure_ascii=False, indent=1)}")
    check(other.status_code == requests.codes.forbidden, "another institution's pupils are refused, with a reason")
    say("Support sees the same, check by check (order cl. 9):")
    run("explain", "-", "GET", f"/v1/institutions/{NEIGHBOUR}/students", expect=4, stdin=bearer)


def _cut_off(scene: Scene, door: Door, bearer: str) -> None:
    chapter("cl. 8", "Cut-off: the token that the OIS still holds opens nothing, within a second")
    run("keys", "cut-off", scene.school.id, "--reason", "ois", "--requested-by", "директор, лист № 5")
    done_at = time.monotonic()
    while (answer := door.pupils(scene.school.id, bearer)).status_code != requests.codes.forbidden:
        if time.monotonic() > done_at + _PATIENCE_S:
            fail("the gate still lets the OIS in")
    took_ms = (time.monotonic() - done_at) * 1000
    show(f"GET {answer.url}\n{answer.status_code} {answer.json()['title']}")
    check(took_ms < 1000, f"refused {took_ms:.0f} ms after the command had ended")


def _next_key(scene: Scene) -> None:
    scene.next_key(Secret(run("keys", "reveal", scene.school.id, secret=True)))
    scene.reader.let_see(scene.key)


def _counts(scene: Scene) -> None:
    chapter("cl. 12", "Who reached the institution's data is counted, reads and refusals alike")
    now = datetime.now(UTC)
    ledger = open_ledger(scene.settings.database_url)
    found: tuple[AccessCount, ...] = ()
    end = time.monotonic() + _PATIENCE_S
    while sum(count.refused for count in found) < _REFUSED and time.monotonic() < end:
        time.sleep(0.2)
        with ledger.reader() as reader:
            found = tuple(counts(reader, now - _DAY, now + _DAY, reached=scene.school.id))
    ledger.close()
    for count in found:
        show(
            f"{count.hour:%H}:00 UTC  {count.ois}  {count.right}  allowed {count.allowed}, refused {count.refused}"
            f" (the first: {count.first_refusal})"
        )
    check(sum(count.allowed for count in found) >= 1, "the OIS's reads are there")
    check(sum(count.refused for count in found) >= _REFUSED, "and what it was refused: the neighbour, and the cut-off")
