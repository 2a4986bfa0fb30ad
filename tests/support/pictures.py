"""Pictures of the guides: what a persona sees at each step, kept in `.artifacts/guides/` by the browser tests.

`make pictures` copies them to `docs/guides/pictures/`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from provisioning.stack.mail_store import CaughtMail
from tests.support.accessibility import check_accessible
from tests.support.chromium import ARTIFACTS

FOLDER: Final = ARTIFACTS / "guides"
SIZE: Final = {"width": 920, "height": 640}
TALLEST: Final = 900
"""In pixels: enough to recognise a page by, small enough to read along."""


def take(page: Page, name: str, *, only: str | None = None) -> None:
    """See that everybody can use this page, then keep its picture: from the top, or one element of it (`only`)."""
    check_accessible(page, f"guide-{name}")
    picture(page, name, only=only)


def picture(page: Page, name: str, *, only: str | None = None) -> None:
    """Keep the picture alone, for what is not a page of ours, such as a mail."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size(SIZE)  # type: ignore[arg-type]  # width and height
    path = FOLDER / f"{name}.png"
    if only is not None:
        page.locator(only).first.screenshot(path=path)
        return
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
    clip = {"x": 0, "y": 0, "width": SIZE["width"], "height": height}
    page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]  # a rectangle


def show_mail(page: Page, mail: CaughtMail, folder: Path) -> None:
    """Open a mail as a mail program would."""
    html = mail.message.get_body(preferencelist=("html",))
    assert html is not None
    file = folder / "mail.html"
    file.write_text(html.get_content(), encoding="utf-8")
    page.goto(file.as_uri())
