"""Routes are found by their words and nothing else; two that fit one path need the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.gate.paths import Segments
from provisioning.gate.rules import Rules
from provisioning.model.configuration import ExchangeProtocol, Route
from provisioning.registry.gate import load_gate_configuration
from provisioning.registry.rules.protocol import template_fault

WORDS = st.sampled_from(["a", "b", "c", "{institution}", "{x}", "{y}"])
TEMPLATES = st.lists(WORDS, min_size=1, max_size=4).map(lambda words: "/" + "/".join(words))
PATHS = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4)


def rules(*routes: Route) -> Rules:
    """The routes, compiled."""
    return Rules(ExchangeProtocol("1.0", routes))


def fits(template: str, path: str) -> bool:
    """Whether a path fits a template, by a regular expression: the plain reading of what a template means."""
    parts = ("[^/]+" if part.startswith("{") else re.escape(part) for part in template.split("/"))
    return re.fullmatch("/".join(parts), path) is not None


@given(st.lists(st.tuples(st.sampled_from(["GET", "PUT"]), TEMPLATES), max_size=8), PATHS)
def test_a_rule_is_found_exactly_when_a_template_fits(listed: list[tuple[str, str]], path: list[str]) -> None:
    routes = [Route(method, template, "right") for method, template in listed if template_fault(template) is None]
    found = rules(*routes).find("GET", Segments(tuple(path)))
    fitting = [r.path for r in routes if r.method == "GET" and fits(r.path, "/" + "/".join(path))]
    assert (found is None) == (fitting == [])
    if found is not None:
        assert fits(found.template, "/" + "/".join(path))
        assert (
            found.at is None
            or path[found.at] == found.template.split("/")[1:][found.at]
            or (found.template.split("/")[1:][found.at] == "{institution}")
        )


def test_the_template_with_a_word_further_to_the_left_wins() -> None:
    found = rules(Route("GET", "/a/{x}", "any"), Route("GET", "/a/b", "word")).find("GET", Segments(("a", "b")))
    assert found is not None
    assert found.right == "word"


@given(st.lists(st.tuples(st.sampled_from(["GET", "HEAD", "PUT"]), TEMPLATES), max_size=8), PATHS)
def test_head_falls_under_its_own_route_or_that_of_get(listed: list[tuple[str, str]], path: list[str]) -> None:
    routes = [Route(method, template, method) for method, template in listed if template_fault(template) is None]
    compiled, without = rules(*routes), rules(*[route for route in routes if route.method != "HEAD"])
    segments = Segments(tuple(path))
    found, get = compiled.find("HEAD", segments), compiled.find("GET", segments)
    assert without.find("HEAD", segments) == without.find("GET", segments)
    assert found == get or (found is not None and found.method == "HEAD")
    assert compiled.find("head", segments) is None


def test_where_the_institution_stands_is_known() -> None:
    compiled = rules(Route("GET", "/v1/institutions/{institution}/x", "r"), Route("GET", "/v1/all", "r"))
    found = compiled.find("GET", Segments(("v1", "institutions", "46-0000001", "x")))
    assert found is not None
    assert found.at == 2
    everything = compiled.find("GET", Segments(("v1", "all")))
    assert everything is not None
    assert everything.at is None


def test_other_routes_have_another_checksum_whatever_their_order_or_version() -> None:
    one, other = Route("GET", "/a", "r"), Route("GET", "/b", "r")
    assert rules(one, other).checksum == rules(other, one).checksum
    assert rules(one).checksum != rules(other).checksum


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example's files that the gate reads, with a protocol of the test's own beside them."""
    example = Path(__file__).resolve().parents[3] / "realm-config"
    for name in ("realm.yaml", "rights.yaml", "staff.yaml"):
        (tmp_path / name).write_text((example / name).read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def problems(folder: Path, *routes: tuple[str, str]) -> list[str]:
    """Codes of what is wrong with routes of a path and a right each."""
    lines = [f"  - method: GET\n    path: {path}\n    right: {right}\n" for path, right in routes]
    (folder / "protocol.yaml").write_text('version: "1.0"\nroutes:\n' + "".join(lines), encoding="utf-8")
    found, wrong = load_gate_configuration(folder)
    assert (found is None) == bool(wrong)
    return [problem.code for problem in wrong]


def test_two_routes_that_fit_one_path_must_need_the_same(folder: Path) -> None:
    search, one = "/v1/institutions/{institution}/students/search", "/v1/institutions/{institution}/students/{student}"
    assert problems(folder, (search, "students.read"), (one, "students.read")) == []
    assert problems(folder, (search, "students.read"), (one, "students.write")) == ["overlapping-routes"]
    assert problems(folder, ("/v1/{institution}/a", "students.read"), ("/v1/x/{y}", "students.read")) == [
        "overlapping-routes"
    ], "the institution stands at another place"
    assert problems(folder, ("/v1/{x}/a", "students.read"), ("/v1/b/{y}", "students.write")) == ["overlapping-routes"]
    assert problems(folder, ("/v1/a/{x}", "students.read"), ("/v1/b/{y}", "students.write")) == []


def test_an_unknown_right_or_a_crooked_path_is_refused(folder: Path) -> None:
    assert problems(folder, ("/v1/a", "students.raed")) == ["unknown-right"]
    assert problems(folder, ("/v1//a", "students.read")) == ["path-shape"]


def test_a_mistake_in_a_file_that_is_not_the_gate_s_does_not_stop_it(folder: Path) -> None:
    (folder / "staff.yaml").write_text("- nonsense: true\n", encoding="utf-8")
    assert problems(folder, ("/v1/a", "students.read")) == []
