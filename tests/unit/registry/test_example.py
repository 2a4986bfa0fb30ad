"""The example in `realm-config/` is valid, shows what it should show, and its JSON Schemas are those of the code."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from stdnum.ua import edrpou

from provisioning.cli.configuration.schema import schema, schema_file
from provisioning.model.configuration import Configuration
from provisioning.model.institution import DeactivationReason, Kind
from provisioning.registry import load_configuration
from provisioning.registry.schema.json_schema import NAMES, json_schema, schema_text
from tests.support.configuration_folder import EXAMPLE

FOLDERS = {"institutions": "institutions", "agreement": "agreement"}
FILES = sorted(path for folder in FOLDERS for path in (EXAMPLE / folder).glob("*.yaml"))
SINGLE = [EXAMPLE / f"{name}.yaml" for name in NAMES if name not in FOLDERS]


@pytest.fixture(scope="module")
def example() -> Configuration:
    return load_configuration(EXAMPLE).require()


def test_the_example_has_neither_errors_nor_warnings() -> None:
    assert load_configuration(EXAMPLE).problems == ()


def test_every_institution_stands_below_the_one_root(example: Configuration) -> None:
    root = [institution for institution in example.institutions if institution.superior is None]
    assert [institution.kind for institution in root] == [Kind.AUTHORITY]
    assert all(path.startswith(f"/{root[0].id}") for path in example.spheres().values())


def test_it_has_every_kind_and_enough_of_them(example: Configuration) -> None:
    assert {institution.kind for institution in example.institutions} == set(Kind)
    assert sum(not institution.kind.is_authority for institution in example.institutions) >= 80
    assert sum(institution.kind.is_authority for institution in example.institutions) >= 14


def test_a_branch_shares_the_code_of_its_institution(example: Configuration) -> None:
    by_id = {institution.id: institution for institution in example.institutions}
    branch = next(institution for institution in example.institutions if institution.is_branch)
    assert branch.superior is not None
    assert branch.edrpou == by_id[branch.superior].edrpou


def test_it_shows_both_ends_and_a_second_generation(example: Configuration) -> None:
    ended = [institution.deactivated for institution in example.institutions if institution.deactivated]
    assert {deactivation.reason for deactivation in ended} == {
        DeactivationReason.LIQUIDATION,
        DeactivationReason.REORGANISATION,
    }
    assert any(deactivation.successors for deactivation in ended)
    (second,) = (institution for institution in example.institutions if institution.generation == 2)
    assert second.username == f"{second.id}-g2"
    assert [earlier.generation for earlier in second.earlier] == [1]


def test_it_has_names_with_quotes_apostrophes_and_great_length(example: Configuration) -> None:
    names = [institution.name for institution in example.institutions]
    assert all(any(sign in name for name in names) for sign in "«’'")
    assert any(len(name) > 200 and len(name.encode()) > 255 for name in names)


def test_every_code_has_a_right_control_digit(example: Configuration) -> None:
    codes = [institution.edrpou for institution in example.institutions if institution.edrpou]
    assert all(edrpou.is_valid(code) for code in codes)


def test_rights_exceptions_change_the_rights(example: Configuration) -> None:
    (institution,) = (institution for institution in example.institutions if institution.rights)
    own, kind = example.rights_of(institution), example.rights.of_kind[institution.kind]
    assert own - kind == institution.rights.added
    assert kind - own == institution.rights.removed


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_schema_is_the_one_of_the_code(name: str) -> None:
    assert schema_file(EXAMPLE, name).read_text(encoding="utf-8") == schema_text(name), "run `provision schema --write`"


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_itself_valid(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema(name))


@pytest.mark.parametrize("path", [*FILES, *SINGLE], ids=lambda p: p.name)
def test_the_schema_accepts_the_example(path: Path) -> None:
    name = FOLDERS.get(path.parent.name, path.stem)
    jsonschema.Draft202012Validator(json_schema(name)).validate(_as_editors_read(path))


@pytest.mark.parametrize("path", [*FILES, *SINGLE], ids=lambda p: p.name)
def test_each_file_names_its_schema_for_editors(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    target = (path.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
    assert target == schema_file(EXAMPLE, FOLDERS.get(path.parent.name, path.stem))


@pytest.mark.parametrize(
    "record",
    [
        {"id": "46-1", "kind": "school", "name": "x", "email": "a@b.example"},
        {"id": "46-0000001", "kind": "shop", "name": "x", "email": "a@b.example"},
        {"id": "46-0000001", "kind": "school", "name": "x"},
        {"id": "46-0000001", "kind": "school", "name": "x", "email": "a@b.example", "surprise": 1},
        {"id": "46-0000001", "kind": "school", "name": "x", "email": "a@b.example", "edrpou": 2145718},
        {
            "id": "46-0000001",
            "kind": "school",
            "name": "x",
            "email": "a@b.example",
            "authority": "46-0000002",
            "branch_of": "46-0000003",
        },
    ],
)
def test_editors_underline_what_reading_refuses(record: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(json_schema("institutions")).is_valid([record])


def test_the_command_prints_one_schema() -> None:
    result = CliRunner().invoke(schema, ["realm"])
    assert (result.exit_code, result.output) == (0, schema_text("realm"))


def test_the_command_stores_all_schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIKOM_CONFIG", str(tmp_path))
    assert CliRunner().invoke(schema, ["--write"]).exit_code == 0
    assert [schema_file(tmp_path, name).read_text(encoding="utf-8") for name in NAMES] == [
        schema_text(name) for name in NAMES
    ]


def _as_editors_read(path: Path) -> Any:
    """Plain YAML with dates as texts, as YAML 1.2 has them."""

    def text(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: text(item) for key, item in value.items()}
        if isinstance(value, list):
            return [text(item) for item in value]
        return value.isoformat() if isinstance(value, date) else value

    return text(yaml.safe_load(path.read_text(encoding="utf-8")))
