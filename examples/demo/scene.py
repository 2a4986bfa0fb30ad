"""What all chapters share: where the parts are, the demo's institution, and what was learned on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from examples.demo.props import School
from examples.demo.stage import fail, say
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.model.secret import Secret
from provisioning.settings import Settings
from provisioning.stack.mail_store import MailStore
from provisioning.stack.paths import StackPaths
from tests.support.chromium import running_browser
from tests.support.third_party import ThirdParty
from tests.support.token_reader import TokenReader

PICTURES = Path(".artifacts")


@dataclass(slots=True)
class Scene:
    """The stage of the demo. `key` is the API key in use, `totp` the authenticator of the institution's person, `ois` a
    third-party system that is connected.
    """

    settings: Settings
    paths: StackPaths
    school: School
    reader: TokenReader
    key: str = ""
    base_key: Secret = field(default_factory=lambda: Secret(""))
    api_key: Secret = field(default_factory=lambda: Secret(""))
    totp: str = ""
    ois: ThirdParty | None = None

    @property
    def issuer(self) -> str:
        return f"{self.settings.keycloak_public_url}/realms/{self.settings.realm}"

    @property
    def token_endpoint(self) -> str:
        return f"{self.issuer}/protocol/openid-connect/token"

    def next_key(self, secret: Secret) -> None:
        """The key in use from here on is the next one by number."""
        stem, number = self.key.rsplit("-k", 1)
        self.key, self.api_key = f"{stem}-k{int(number) + 1}", secret

    def mailed_link(self) -> Secret:
        """The link in the newest mail to the institution's account."""
        for mail in reversed(MailStore(self.paths.mail).all()):
            links = [line for line in mail.text.splitlines() if line.startswith("http") and "action-token" in line]
            if links and f"({self.school.account})" in mail.subject:
                return Secret(links[0])
        return fail(f"no mail for {self.school.account} in the catcher")

    @contextmanager
    def browser(self) -> Iterator[Page]:
        """A page in a real Chromium, in Ukrainian, as a person would have it."""
        with running_browser() as browser:
            context = browser.new_context(locale="uk-UA", viewport={"width": 1100, "height": 900})
            yield context.new_page()
            context.close()


def picture(page: Page, name: str) -> None:
    """Keep a screenshot."""
    PICTURES.mkdir(exist_ok=True)
    path = PICTURES / f"demo-{name}.png"
    page.screenshot(path=path, full_page=True)
    say(f"picture: {path}")


@contextmanager
def acting(scene: Scene) -> Iterator[Actor]:
    """Staff at work on the stack."""
    ledger = open_ledger(scene.settings.database_url)
    yield Actor(KeycloakConnection.from_settings(scene.settings), ledger, "staff:demo")
    ledger.close()
