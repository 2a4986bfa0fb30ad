"""A page that anybody can use: no axe finding and nothing to scroll sideways, on a phone and on a desktop."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support import pages
from tests.support.chromium import ARTIFACTS

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}


def check_accessible(page: Page, name: str) -> None:
    """No finding at either width, nothing to scroll sideways, and a picture kept."""
    ARTIFACTS.mkdir(exist_ok=True)
    pages.note(page.url)
    # The style sheets too: without them nothing has its size.
    page.wait_for_load_state("load")
    for label, size in (("phone", PHONE), ("desktop", DESKTOP)):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.screenshot(path=ARTIFACTS / f"sidecar-{name}-{label}.png", full_page=True)
