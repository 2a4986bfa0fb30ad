"""The system's Chromium for tests: no download, no background traffic, pictures of failures in `.artifacts/`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ARTIFACTS = Path(__file__).resolve().parents[2] / ".artifacts"

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
)


def chromium_path() -> str:
    """The installed browser; fails the test run with the way to get one."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    raise RuntimeError("no Chromium: run scripts/system_packages.sh")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless browser that runs as long as the context."""
    with sync_playwright() as playwright:
        # What the browser itself says, such as the order of a date, is in Ukrainian too.
        spoken = {**os.environ, "LANGUAGE": "uk"}
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(_ARGUMENTS), env=spoken)
        try:
            yield browser
        finally:
            browser.close()
