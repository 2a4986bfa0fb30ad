"""What is dead stays dead, and what lives goes on, when Keycloak restarts. Source: decision 4."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from provisioning.stack.keycloak_process import start_keycloak, wait_for_keycloak
from provisioning.stack.process import RunningProcess, stop
from provisioning.stack.progress import Silence
from tests.support.activation import activate, open_link
from tests.support.extension_realm import SIDECAR_PAGE, ExtensionRealm, new_extension_realm
from tests.support.keycloak_server import start_server

pytestmark = pytest.mark.assure


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ExtensionRealm, Callable[[], None]]]:
    """A server of its own, as restarting the shared one would disturb others; and the way to restart it."""
    folder: Path = tmp_path_factory.mktemp("restarted")
    server = start_server(folder)
    running: list[RunningProcess] = [server.process]

    def restart() -> None:
        stop(running.pop())
        (home,) = folder.glob("keycloak-*")
        running.append(start_keycloak(home, server.ports, log=server.log, bootstrap=None))
        wait_for_keycloak(running[0], server.ports, log=server.log, progress=Silence())

    try:
        yield new_extension_realm(server), restart
    finally:
        stop(running[0])


def test_used_and_replaced_base_keys_are_dead_after_a_restart_and_a_live_one_works(
    own_server: tuple[ExtensionRealm, Callable[[], None]], page: Page
) -> None:
    extension, restart = own_server
    page.route(SIDECAR_PAGE + "*", lambda route: route.fulfill(body="welcome"))
    for school in ("46-0000001", "46-0000002"):
        extension.new_account(school)
    used = extension.mint("46-0000001", "base-key-1")
    activate(page, used)
    page.wait_for_url(SIDECAR_PAGE)
    replaced = extension.mint("46-0000002", "base-key-1")
    live = extension.mint("46-0000002", "base-key-2")

    restart()

    assert open_link(page, used).status == 400
    assert open_link(page, replaced).status == 400
    activate(page, live)
    page.wait_for_url(SIDECAR_PAGE)
