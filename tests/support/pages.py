"""Which pages there are, and which of them a test has looked at as somebody who needs them accessible would.

`PAGES` says of every route that shows a page where it is checked; a file that checks others, or fewer, than its row says
fails at its end, so that the table is what happens. Source: WCAG 2.2 AA, EN 301 549.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from sidecar.blueprints import MOUNTED

PAGES: Final[Mapping[str, frozenset[str]]] = {}
"""File with browser tests → rules of the pages that it checks."""

NO_PAGES: Final = frozenset[str]()
"""Rules that answer programs, hand out files or lead on to another page."""

seen: Final[defaultdict[str, set[str]]] = defaultdict(set)
"""File → rules of the pages that were checked in this process."""


def note(url: str) -> None:
    """A page at this address was checked by the test that is running."""
    file = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]
    rule = rule_of(urlsplit(url).path)
    if rule is not None:
        seen[file].add(rule)


def rule_of(path: str) -> str | None:
    """The rule by which the sidecar answers a GET of this path; None for what is no page of ours."""
    try:
        found = _addresses().match(path, "GET", return_rule=True)[0]
    except (HTTPException, RequestRedirect):
        return None
    return found.rule


def rules() -> frozenset[str]:
    """All rules that answer a GET."""
    return frozenset(rule.rule for rule in _addresses().map.iter_rules() if "GET" in (rule.methods or ()))


@cache
def _addresses() -> MapAdapter:
    app = Flask("addresses", static_folder=None)
    for mounted in MOUNTED:
        app.register_blueprint(mounted.blueprint)
    return app.url_map.bind("localhost")
