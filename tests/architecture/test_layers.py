"""Who may import whom. A new package without a row here fails, and so does an arrow that points the wrong way."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

import pytest

from tests.architecture.modules import Module, calls, modules, texts

MAY_IMPORT: Final[Mapping[str, str]] = {
    "provisioning.model": "",
    "provisioning.planning": "model",
    "provisioning.gate": "model",
    "provisioning.registry": "model edition",
    "provisioning.edebo": "model registry",
    "provisioning.settings": "model",
    "provisioning.edition": "",
    "provisioning.ledger": "model",
    "provisioning.keycloak": "model planning settings",
    "provisioning.mail": "model settings",
    "provisioning.lifecycle": "model gate planning settings edition ledger keycloak mail",
    "provisioning.logs": "",
    "provisioning.watch": "model planning registry settings ledger keycloak lifecycle",
    "provisioning.stack": "model settings ledger keycloak",
    "provisioning.cli": "model planning registry edebo settings ledger keycloak mail lifecycle stack watch logs gate",
}
"""Room of `provisioning` → the other rooms of it that it may import."""

SIDECAR_MAY_IMPORT: Final = "model gate settings registry ledger lifecycle logs"
"""What the sidecar may use of `provisioning`."""

ONE_ROOM_ONLY: Final[Mapping[str, tuple[str, ...]]] = {
    "keycloak": ("provisioning.keycloak",),
    "alembic": ("provisioning.ledger",),
    "pydantic": ("provisioning.registry", "sidecar.applications"),
    "yaml": ("provisioning.registry",),
    "smtplib": ("provisioning.mail",),
    "aiosmtpd": ("provisioning.stack",),
    "click": ("provisioning.cli",),
    "rich": ("provisioning.cli",),
    "authlib": ("sidecar.auth",),
}
"""Library → the rooms that may know it."""

IMPURE: Final = frozenset(
    {
        *("asyncio", "concurrent", "fcntl", "http", "io", "logging", "multiprocessing", "os", "pathlib", "shutil"),
        *("signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib"),
        *("flask", "psycopg", "requests", "sqlalchemy"),
    }
)
"""What a pure module has no use for."""

ADMIN_REST: Final = ("admin/realms", "partialImport")
"""Words by which Keycloak's Admin REST API is known in a source text."""

PRINTS: Final = frozenset({"print", "pprint"})
"""Built-in ways to write to whoever started the program."""

PURE: Final = ("provisioning.model", "provisioning.planning", "provisioning.gate")


def _ids(module: Module) -> str:
    return module.name


def _rooms(words: str) -> frozenset[str]:
    return frozenset(f"provisioning.{word}" for word in words.split())


def _room(name: str) -> str:
    return ".".join(name.split(".")[:2])


@pytest.mark.parametrize("module", modules(), ids=_ids)
def test_arrows_point_down_only(module: Module) -> None:
    used = {_room(name) for name in module.imports if name.startswith(("provisioning.", "sidecar."))}
    if module.name.startswith("provisioning."):
        allowed = _rooms(MAY_IMPORT[module.layer]) | {module.layer}
    else:
        allowed = _rooms(SIDECAR_MAY_IMPORT) | {name for name in used if name.startswith("sidecar.")}
    assert used <= allowed


@pytest.mark.parametrize("module", [m for m in modules() if m.layer in PURE], ids=_ids)
def test_pure_modules_do_no_input_or_output(module: Module) -> None:
    assert not {name.split(".")[0] for name in module.imports} & IMPURE


@pytest.mark.parametrize("library", ONE_ROOM_ONLY)
def test_a_library_is_known_in_its_rooms_only(library: str) -> None:
    users = {module.layer for module in modules() if library in {name.split(".")[0] for name in module.imports}}
    assert users <= set(ONE_ROOM_ONLY[library])


@pytest.mark.parametrize("module", [m for m in modules() if m.layer != "provisioning.keycloak"], ids=_ids)
def test_only_the_keycloak_room_knows_the_admin_rest_api(module: Module) -> None:
    assert [text for text in texts(module) if any(word in text for word in ADMIN_REST)] == []


@pytest.mark.parametrize("module", [m for m in modules() if m.layer != "provisioning.cli"], ids=_ids)
def test_only_the_command_line_prints(module: Module) -> None:
    called = {call.func.id for call in calls(module) if isinstance(call.func, ast.Name)}
    assert not called & PRINTS
