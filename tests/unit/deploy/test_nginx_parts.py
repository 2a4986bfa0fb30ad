"""deploy/nginx.conf sends every page to the part that has it."""

from __future__ import annotations

import re

import pytest
from werkzeug.routing import Rule

from sidecar.blueprints import every_route, part_of
from sidecar.doors.served import Served
from tests.support.documents import ROOT

CONF = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
PORTS = {Served.DESK: "8001"}
"""Parts with a port of their own; the others are at 8000."""

EXAMPLES = {"number": "1", "seq": "1"}


def _places(port: str) -> list[tuple[str, str, str]]:
    """Sort, pattern and upstream of each location of a server."""
    server = re.search(rf"server \{{\n        listen {port};.*?\n    \}}\n", CONF, re.DOTALL)
    assert server is not None
    found = re.findall(r"location (=|~\*?|\^~)? ?(\S+) \{(.*?)\n        \}", server[0], re.DOTALL)
    return [
        (sort, pattern, (re.search(r"http://(\w+):", body) or [body, "nothing"])[1]) for sort, pattern, body in found
    ]


def _upstream(port: str, path: str) -> str:
    """Where nginx sends a path: an exact place, else the first pattern that fits, else the longest beginning."""
    places = _places(port)
    exact = [upstream for sort, pattern, upstream in places if sort == "=" and pattern == path]
    fitting = [upstream for sort, pattern, upstream in places if sort == "~" and re.search(pattern, path)]
    begins = [(len(pattern), upstream) for sort, pattern, upstream in places if not sort and path.startswith(pattern)]
    return [*exact, *fitting, max(begins)[1]][0]


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: EXAMPLES.get(found[1], "some-name"), rule.rule)


RULES = [rule for rule in every_route().iter_rules() if part_of(rule.endpoint) is not None]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_a_page_is_asked_for_at_its_part(rule: Rule) -> None:
    part = part_of(rule.endpoint)
    assert part is not None
    assert _upstream(PORTS.get(part, "8000"), _path(rule)) == part.value


@pytest.mark.parametrize("path", ["/sandbox/v1/institutions/00-0000101", "/sandbox/v1"])
def test_the_invented_database_is_the_sandboxs(path: str) -> None:
    assert _upstream("8000", path) == "sandbox"


@pytest.mark.parametrize("path", ["/authz", "/authz/health", "/desk", "/desk/ois/"])
def test_neither_gate_nor_desk_is_behind_the_public_address(path: str) -> None:
    assert _upstream("8000", path) in ("nothing", "public"), "the public part has no such page"
