"""Clauses 5 and 6: an OIS on its way from the form to the public list, by what its people and its program do."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from playwright.sync_api import Page

from examples.demo.scene import Scene, acting, picture
from examples.demo.stage import chapter, check, fail, run, say, show
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.model.calendar import kyiv_day
from provisioning.model.ois import OisState, Slug
from provisioning.settings import sandbox_settings
from provisioning.stack.mail_store import MailStore
from tests.support.realm import Realm
from tests.support.third_party import ThirdParty, connect

RIGHTS = ("students.read", "classes.read")
BY_PEOPLE = {
    "tls": "адреса вигадана: з’єднання перевірено на стенді",
    "key-storage": "опис зберігання ключів отримано",
    "data-location": "заява та договір із дата-центром отримано",
    "protection-certificate": "атестат відповідності отримано",
    "incident-contact": "контакт перевірено дзвінком",
}
_SELF_TEST_S = 120
_LOOKS, _BETWEEN_S = 50, 0.2


def play(scene: Scene) -> None:
    """Application → agreement → checks and self-test → conclusion → connected → public."""
    ois = _party(scene)
    folder = scene.paths.root / "demo"
    with scene.browser() as page:
        _apply(scene, ois, page)
        _agreement(scene, ois, page, folder)
        _checks(page)
        _self_test(scene, ois, page, folder)
    _conclusion(scene, ois)
    _published(scene, ois)
    scene.ois = ois


def _party(scene: Scene) -> ThirdParty:
    connection = KeycloakConnection.from_settings(scene.settings)
    realm = Realm(scene.settings.realm, scene.settings, connection, connection)
    return ThirdParty(realm, Slug(f"demo-{scene.school.id.replace('-', '')}"))


def _apply(scene: Scene, ois: ThirdParty, page: Page) -> None:
    chapter("cl. 6", "A third-party system applies: a form, and a link that confirms the e-mail")
    page.goto(f"{scene.settings.sidecar_url}/onboarding/apply")
    told = {
        "name": "Щоденник «Зразок»",
        "slug": ois.slug,
        "operator": "ТОВ «Зразок»",
        "edrpou": "14360570",
        "site": "https://diary.demo.example",
        "contact": "Ірина Коваль",
        "email": f"{ois.slug}@demo.example",
        "phone": "+380 44 000 00 00",
        "data_location": "Україна, Київ",
        "purposes": "електронний щоденник",
        "jwks": json.dumps(ois.jwks),
    }
    for name, value in told.items():
        page.fill(f"#{name}", value)
    for right in RIGHTS:
        page.check(f"input[value='{right}']")
    picture(page, "ois-1-application")
    page.get_by_role("button", name="Надіслати заяву").click()
    run("outbox", "send")
    page.goto(_mailed_link(scene, ois))
    page.get_by_role("button", name="Відкрити").click()
    picture(page, "ois-2-applicant")
    check("Щоденник «Зразок»" in page.content(), "the link from the mail opens the application; there is no password")


def _mailed_link(scene: Scene, ois: ThirdParty) -> str:
    """The link in the mail, which the stack's watch may be sending at this moment."""
    for _ in range(_LOOKS):
        for mail in reversed(MailStore(scene.paths.mail).all()):
            lines = [line for line in mail.text.splitlines() if "/onboarding/link/open?code=" in line]
            if lines and f"{ois.slug}@demo.example" in mail.recipients:
                return lines[0].strip()
        time.sleep(_BETWEEN_S)
    return fail(f"no mail for the applicant {ois.slug} in the catcher")


def _agreement(scene: Scene, ois: ThirdParty, page: Page, folder: Path) -> None:
    chapter("cl. 6, annex 1", "The accession agreement, filled with the applicant's data, signed and uploaded")
    mine = page.url
    page.goto(f"{scene.settings.sidecar_url}/onboarding/application/agreement")
    file = folder / "agreement.pdf"
    page.pdf(path=file)
    page.goto(mine)
    page.set_input_files("#document", file)
    page.get_by_role("button", name="Завантажити").click()
    run("ois", "agreement", "accept", ois.slug, "--version", "1.0")


def _checks(page: Page) -> None:
    chapter("cl. 6, annex 2", "What a program can check from outside, it checks")
    page.reload()
    page.get_by_role("button", name="Перевірити те, що може програма").click()
    picture(page, "ois-3-checks")
    met = [i for i in ("jwks", "key-strength") if "виконано" in page.inner_text(f"#item-{i}")]
    check(len(met) == 2, "key set and key strength are met; the site of this demo does not exist, so TLS is not")


def _self_test(scene: Scene, ois: ThirdParty, page: Page, folder: Path) -> None:
    chapter("cl. 6, annex 2", "The self-test: the OIS works against the sandbox, and is cut off in the middle")
    own = sandbox_settings(scene.settings)
    key = folder / "private.json"
    key.write_text(json.dumps(ois.key.as_dict(private=True)), encoding="utf-8")
    key.chmod(0o600)
    command = [sys.executable, "-m", "examples.ois.self_test", "--sidecar", scene.settings.sidecar_url]
    command += ["--issuer", f"{own.keycloak_public_url}/realms/{own.realm}", "--client-id", ois.client_id]
    show(f"$ python -m {' '.join(command[2:])} --key private.json   (seventy lines, with Authlib)")
    done = subprocess.run(
        [*command, "--key", str(key)], capture_output=True, text=True, check=False, timeout=_SELF_TEST_S
    )
    key.unlink()
    show(done.stdout or done.stderr)
    passed = done.returncode == 0 and "NOT MET" not in done.stdout and done.stdout.count("met ") == 6
    check(passed, "it signs, exchanges, reuses its token, waits after 429, stops after the cut-off: six of six")
    page.goto(f"{scene.settings.sidecar_url}/onboarding/application/self-test/")
    page.get_by_role("listitem").get_by_role("link").last.click()
    picture(page, "ois-4-self-test")


def _conclusion(scene: Scene, ois: ThirdParty) -> None:
    chapter("cl. 6, annex 2", "The conclusion: positive only when every mandatory requirement is met")
    until = (kyiv_day(datetime.now(UTC)) + timedelta(days=365)).isoformat()
    conclude = ("ois", "conclude", ois.slug, "--number", f"demo/{ois.slug}", "--outcome", "positive")
    conclude += ("--until", until, "--requirements", "1.2")
    run("ois", "connect", ois.slug, expect=4)
    run(*conclude, expect=4)
    say("People see to what no program can find out, and their names stand under it:")
    for item, note in BY_PEOPLE.items():
        run("ois", "judge", ois.slug, item, "--met", "--note", note)
    run(*conclude)
    say("Connecting is two administrators' decision, at the desk, each with a second factor. The command line refuses:")
    run("ois", "connect", ois.slug, expect=4)
    with acting(scene) as actor:
        record = connect(actor, ois.slug)
    check(record.state is OisState.CONNECTED, f"one proposes, another one approves: {ois.client_id} is connected")


def _published(scene: Scene, ois: ThirdParty) -> None:
    chapter("cl. 5", "It stands on the public list, for people and for programs")
    answer = requests.get(f"{scene.settings.sidecar_url}/ois.json", timeout=30)
    listed = [entry for entry in answer.json()["ois"] if entry["slug"] == ois.slug]
    show(f"GET {answer.url}\n{answer.status_code} {json.dumps(listed, ensure_ascii=False, indent=1)}")
    check(len(listed) == 1 and listed[0]["standing"] == "connected", f"{ois.client_id} is on it")
    with scene.browser() as page:
        page.goto(f"{scene.settings.sidecar_url}/ois/{ois.slug}")
        picture(page, "ois-5-public")
