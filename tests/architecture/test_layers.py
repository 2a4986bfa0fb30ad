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


def _rooms(words: str) -> frozenset[str]:
    return frozenset(f"provisioning.{word}" for word in words.split())


def _room(name: str) -> str:
    return ".".join(name.split(".")[:2])


def _forbidden(module: Module) -> set[str]:
    """Rooms that a module uses and may not."""
    used = {_room(name) for name in module.imports if name.startswith(("provisioning.", "sidecar."))}
    if module.name.startswith("provisioning."):
        return used - _rooms(MAY_IMPORT[module.layer]) - {module.layer}
    return {name for name in used if not name.startswith("sidecar.")} - _rooms(SIDECAR_MAY_IMPORT)


def test_arrows_point_down_only() -> None:
    assert {module.name: found for module in modules() if (found := _forbidden(module))} == {}


def test_pure_modules_do_no_input_or_output() -> None:
    used = {m.name: {name.split(".")[0] for name in m.imports} & IMPURE for m in modules() if m.layer in PURE}
    assert {name: found for name, found in used.items() if found} == {}


@pytest.mark.parametrize("library", ONE_ROOM_ONLY)
def test_a_library_is_known_in_its_rooms_only(library: str) -> None:
    users = {module.layer for module in modules() if library in {name.split(".")[0] for name in module.imports}}
    assert users <= set(ONE_ROOM_ONLY[library])


def test_only_the_keycloak_room_knows_the_admin_rest_api() -> None:
    others = [module for module in modules() if module.layer != "provisioning.keycloak"]
    said = [(module.name, text) for module in others for text in texts(module)]
    assert [(name, text) for name, text in said if any(word in text for word in ADMIN_REST)] == []


def test_only_the_command_line_prints() -> None:
    others = [module for module in modules() if module.layer != "provisioning.cli"]
    called = [(m.name, call.func.id) for m in others for call in calls(m) if isinstance(call.func, ast.Name)]
    assert [(name, function) for name, function in called if function in PRINTS] == []
