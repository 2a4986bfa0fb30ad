"""What a person does with a base key in a browser: open the link, go on, set a password, connect an authenticator."""

from __future__ import annotations

from playwright.sync_api import Page, Response

from provisioning.model.secret import Secret
from tests.support.totp import totp

PASSWORD = "Kalyna-na-luzi-2026"


def open_link(page: Page, link: Secret) -> Response:
    """Open the link as it stands in the mail; the page that asks to proceed, or a refusal."""
    response = page.goto(link.reveal())
    assert response is not None
    return response


def proceed(page: Page) -> None:
    """Press the one button of the first page."""
    page.click("#aikom-step")


def set_password(page: Page, password: str = PASSWORD) -> None:
    """Fill in the form "set a password"."""
    page.fill("#password-new", password)
    page.fill("#password-confirm", password)
    page.click("#kc-passwd-update-form [type=submit]")


def enrol_totp(page: Page, label: str = "phone") -> str:
    """Connect an authenticator by its text secret; that secret."""
    page.click("#mode-manual")
    secret = page.inner_text("#kc-totp-secret-key")
    page.fill("#totp", totp(secret))
    page.fill("#userLabel", label)
    page.click("#saveTOTPBtn")
    return secret


def activate(page: Page, link: Secret, password: str = PASSWORD, label: str = "phone") -> str:
    """The whole way; the authenticator's secret."""
    open_link(page, link)
    proceed(page)
    set_password(page, password)
    return enrol_totp(page, label)
