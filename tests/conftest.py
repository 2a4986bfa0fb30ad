"""Fixtures on real parts: Keycloak with our extension, a mail server, SQLite and PostgreSQL ledgers, Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.support.chromium import ARTIFACTS, running_browser
from tests.support.compiled_pages import keep_compiled_pages
from tests.support.held_rights import EXCEEDED
from tests.support.keycloak_server import KeycloakServer, shared_server, stop_shared_server
from tests.support.ledger_fixtures import (
    empty_url,
    ledger_url,
    postgres_server,
    postgres_template,
    postgres_url,
    sqlite_tables,
    sqlite_url,
)
from tests.support.left_over import left_over
from tests.support.mailcatcher import MailCatcher, running_mail_catcher
from tests.support.realm import Realm, new_realm

__all__ = [
    "empty_url",
    "ledger_url",
    "postgres_server",
    "postgres_template",
    "postgres_url",
    "sqlite_tables",
    "sqlite_url",
]


keep_compiled_pages()

FIRST: Final = (
    "tests/integration/apply/test_apply.py",
    "tests/unit/edebo/",
    "tests/unit/model/",
    "tests/integration/demo/",
    "tests/faults/test_restore_drill.py",
    "tests/faults/test_restore_drill_postgresql.py",
    "tests/faults/test_apply_restart.py",
    "tests/integration/deploy/",
    "tests/integration/stack/",
    "tests/integration/sandbox/",
    "tests/faults/",
    "tests/browser/",
    "tests/integration/gate/",
    "tests/integration/ledger/test_checkpoints_s3.py",
    "tests/security/",
    "tests/integration/",
)
"""One file starts the Keycloak of the run while the other workers do what needs none; then comes what takes longest, so
that no worker is left with it alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by `FIRST`; the order within each stays."""
    items.sort(key=lambda item: next((n for n, start in enumerate(FIRST) if item.nodeid.startswith(start)), 99))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[pytest.TestReport]:
    """Keep each phase's report on its test, so that `page` knows whether to take a picture. What is skipped failed."""
    report: pytest.TestReport = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped, which no test may be: {call.excinfo}"
    setattr(item, f"report_{report.when}", report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[pytest.CollectReport]:
    """A file that skips itself fails too."""
    report: pytest.CollectReport = yield
    if report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped, which no file may be: {collector.nodeid}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Of a run with workers: stop the Keycloak that they shared, and fail the run when anything else is left over."""
    manager = session.config.pluginmanager.getplugin("dsession")
    if manager is None or hasattr(session.config, "workerinput"):
        return (yield)
    stop_shared_server(session.config._tmp_path_factory.getbasetemp() / "keycloak")  # type: ignore[attr-defined]
    yield
    if found := left_over(manager.nodemanager.testrunuid):
        print("left over:", *found, sep="\n")  # noqa: T201 - the reporter has closed its report by now
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return None


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all xdist workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def keycloak_server(run_folder: Path, worker_id: str) -> Iterator[KeycloakServer]:
    """A real Keycloak, one per run. It starts in about 20 s the first time."""
    alone = worker_id == "master"
    server = shared_server(run_folder / "keycloak", owner=os.getpid() if alone else os.getppid())
    yield server
    if alone:
        server.stop()


@pytest.fixture(scope="module")
def mailcatcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailCatcher]:
    """A mail server whose mails can be read: `.messages()`."""
    with running_mail_catcher(tmp_path_factory.mktemp("mail")) as catcher:
        yield catcher


@pytest.fixture(scope="module")
def realm(keycloak_server: KeycloakServer, mailcatcher: MailCatcher, tmp_path_factory: pytest.TempPathFactory) -> Realm:
    """A realm without accounts: `.settings`, `.connection`, `.admin`, `.token(...)`."""
    return new_realm(keycloak_server, tmp_path_factory.mktemp("realm"), mailcatcher.url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    with running_browser() as running:
        yield running


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a context of its own; when the test fails, its picture is in `.artifacts/`."""
    context = browser.new_context(locale="uk-UA")
    opened = context.new_page()
    yield opened
    report = getattr(request.node, "report_call", None)
    if report is not None and report.failed:
        ARTIFACTS.mkdir(exist_ok=True)
        opened.screenshot(path=ARTIFACTS / f"{request.node.name}.png", full_page=True)
    context.close()


@pytest.fixture(autouse=True)
def pages_keep_to_the_rights_of_their_part() -> Iterator[None]:
    """No page does in the ledger what its part's database role may not."""
    yield
    found = sorted(set(EXCEEDED))
    EXCEEDED.clear()
    assert found == []
