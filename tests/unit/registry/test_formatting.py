"""`provision fmt`: one text for one content, nothing lost, nothing changed twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from provisioning.cli.configuration.fmt import fmt
from provisioning.registry.canonical import record_lines
from provisioning.registry.list_text import ListText, parse_list
from provisioning.registry.parsing import compose
from provisioning.registry.values import NodeReader
from tests.support.configuration import Folder
from tests.support.configuration_folder import EXAMPLE

UNTIDY = """# head of the file

# --- A heading over several records

# about the first
- kind: school   # why
  # about its name
  name:   'Ліцей  №\u00a01'
  id: "46-0000002"
  rights:
    # inner
    add: [students.read]   # keep
  email: "q@y.example"


- {id: "46-0000003", kind: school, name: "а: б", email: x@y.example}  # beside
# the end
""".replace("  №\u00a0", " № ")

TIDY = """# head of the file

# --- A heading over several records

# about the first
- id: "46-0000002"
  kind: school  # why
  # about its name
  name: Ліцей № 1
  email: q@y.example
  rights:
    # inner
    add: [students.read]   # keep

# beside
- id: "46-0000003"
  kind: school
  name: "а: б"
  email: x@y.example

# the end
"""


def rendered(text: str) -> str:
    parsed = parse_list(text.encode(), "x.yaml")
    assert isinstance(parsed, ListText), parsed
    return parsed.render()


def values(text: str) -> Any:
    root, problems = compose(text, "x.yaml")
    assert root is not None and not problems
    reader = NodeReader("x.yaml")
    value = reader.value(root)
    assert reader.problems == []
    return value


def test_content_and_comments_stay_and_the_form_is_the_one() -> None:
    assert rendered(UNTIDY) == TIDY
    assert rendered(TIDY) == TIDY
    assert values(TIDY) == values(UNTIDY)


@pytest.mark.parametrize("path", sorted((EXAMPLE / "institutions").glob("*.yaml")), ids=lambda path: path.name)
def test_the_example_is_in_its_canonical_form(path: Path) -> None:
    assert rendered(path.read_text(encoding="utf-8")) == path.read_text(encoding="utf-8")


_printable = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u00a0\u3000"), min_size=1
)
_text = _printable.map(lambda text: " ".join(text.split())).filter(bool)
_codes = st.from_regex(r"[0-9]{2}-[0-9]{7}", fullmatch=True)
_records = st.fixed_dictionaries(
    {"id": _codes, "kind": st.just("school"), "name": _text, "email": st.just("1@a.example")},
    optional={
        "edrpou": st.from_regex(r"[0-9]{8}", fullmatch=True),
        "edebo_id": st.integers(1, 10**9),
        "generation": st.integers(1, 99),
        "deactivated": st.fixed_dictionaries(
            {"reason": st.just("liquidation"), "document": _text, "date": st.dates().map(str)},
            optional={"successors": st.lists(_codes, min_size=1)},
        ),
        "earlier": st.lists(
            st.fixed_dictionaries({"generation": st.integers(1, 9), "document": _text}), min_size=1, max_size=3
        ),
    },
)


@given(st.lists(_records, min_size=1, max_size=4))
def test_whatever_is_written_is_read_back_without_a_remark(records: list[dict[str, Any]]) -> None:
    text = "\n\n".join("\n".join(record_lines(record)) for record in records) + "\n"
    assert values(text) == records
    assert rendered(text) == text


def test_the_command_changes_what_it_says_and_then_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "realm-config")
    file = folder.path / "institutions" / "a.yaml"
    file.write_text(UNTIDY, encoding="utf-8")
    check = CliRunner().invoke(fmt, [str(folder.path), "--check"])
    assert (check.exit_code, file.read_text(encoding="utf-8")) == (2, UNTIDY)
    assert "institutions/a.yaml" in check.output
    assert CliRunner().invoke(fmt, [str(folder.path)]).exit_code == 0
    assert file.read_text(encoding="utf-8") == TIDY
    assert CliRunner().invoke(fmt, [str(folder.path), "--check"]).exit_code == 0


@pytest.mark.parametrize("text", ["- id: NO\n", "a: b\n", "- [1]\n", "- {id: 1, # x\n   b: 2}\n", "- id: *a\n"])
def test_what_cannot_be_read_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    folder = Folder(tmp_path / "realm-config")
    file = folder.path / "institutions" / "a.yaml"
    file.write_text(text, encoding="utf-8")
    assert CliRunner().invoke(fmt, [str(folder.path)]).exit_code == 1
    assert file.read_text(encoding="utf-8") == text
