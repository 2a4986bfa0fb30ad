"""Clauses 2 to 4: an account and its API key are born, and the base key opens the account."""

from __future__ import annotations

import requests

from examples.demo.props import COPY
from examples.demo.scene import Scene, picture
from examples.demo.stage import chapter, check, run, say, show
from tests.support.activation import PASSWORD, enrol_totp, open_link, proceed, set_password
from tests.support.totp import next_totp


def play(scene: Scene) -> None:
    """YAML → plan → apply → mail → browser → portal."""
    _from_yaml(scene)
    _base_key(scene)
    _portal(scene)


def _from_yaml(scene: Scene) -> None:
    chapter("cl. 2, 3", "One account per institution, from a line of YAML in git")
    show(scene.school.write())
    run("validate", str(COPY))
    say("Nothing was contacted so far. The plan reads Keycloak and the ledger, and changes nothing:")
    run("plan", str(COPY), expect=2)
    chapter("cl. 4", "Account and API key are born in one transaction; the base key is mailed")
    run("apply", str(COPY))
    say("A second look: nothing is left to do.")
    run("plan", str(COPY))
    run("keys", "status", scene.school.id)


def _base_key(scene: Scene) -> None:
    chapter("cl. 4", "The base key: a one-time link to the official e-mail")
    scene.base_key = scene.mailed_link()
    say("The mail catcher holds one mail. A real browser opens its link:")
    with scene.browser() as page:
        open_link(page, scene.base_key)
        picture(page, "1-base-key")
        proceed(page)
        set_password(page)
        picture(page, "2-second-factor")
        scene.totp = enrol_totp(page)
        page.wait_for_url(f"{scene.settings.sidecar_url}/**")
        picture(page, "3-activated")
    check(True, "password and second factor are set, and the browser is at the portal")
    with scene.browser() as page:
        response = open_link(page, scene.base_key)
        picture(page, "4-link-used")
        check(response.status >= 400, f"the same link a second time is refused ({response.status})")


def _portal(scene: Scene) -> None:
    chapter("cl. 2", "The institution signs in and sees its account")
    with scene.browser() as page:
        page.goto(f"{scene.settings.sidecar_url}/account")
        page.fill("#username", scene.school.account)
        page.fill("#password", PASSWORD)
        page.click("#kc-login")
        page.fill("#otp", next_totp(scene.totp))
        page.click("#kc-login")
        page.wait_for_url(f"{scene.settings.sidecar_url}/**")
        picture(page, "5-my-account")
        check(scene.school.id in page.content(), "“Мій обліковий запис” shows the institution")
    chapter("cl. 5", "The list of connected OIS is public")
    answer = requests.get(f"{scene.settings.sidecar_url}/ois.json", timeout=30)
    show(f"GET {answer.url}\n{answer.status_code} {answer.text}")
    check(answer.json()["ois"] == [], "no OIS is connected yet, and the list says so")
