"""Who may import whom. A new package without a row here fails, and so does an arrow that points the wrong way."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

import pytest

from tests.architecture.modules import Module, calls, modules, texts
from tests.architecture.test_rooms import arrows, circle

MAY_IMPORT: Final[Mapping[str, str]] = {
    "provisioning.model": "",
    "provisioning.planning": "model",
    "provisioning.gate": "model",
    "provisioning.registry": "model edition",
    "provisioning.edebo": "model registry",
    "provisioning.authorities": "model registry edebo",
    "provisioning.settings": "model",
    "provisioning.edition": "",
    "provisioning.ledger": "model",
    "provisioning.keycloak": "model planning settings",
    "provisioning.mail": "model settings",
    "provisioning.lifecycle": "model gate planning settings edition ledger keycloak mail",
    "provisioning.logs": "",
    "provisioning.watch": "model planning registry settings ledger keycloak lifecycle",
    "provisioning.stack": "model settings ledger keycloak",
    "provisioning.cli": (
        "model planning registry edebo authorities settings ledger keycloak mail lifecycle stack watch logs gate"
    ),
}
"""Room of `provisioning` → the other rooms of it that it may import."""

SIDECAR_MAY_IMPORT: Final = "model gate settings registry ledger lifecycle logs"
"""What the sidecar may use of `provisioning`."""

SIDECAR_ROOMS: Final[Mapping[str, str]] = {
    # What every page stands on. `doors` leads to the rest of the world and knows no other room.
    "doors": "",
    "outside": "doors",
    "frame": "doors",
    "health": "doors",
    "auth": "doors frame health",
    # What several rooms of pages share.
    "applications": "doors outside frame auth",
    "words": "outside applications",
    "accounts": "doors",
    "directory": "doors frame",
    "gate": "doors",
    "sandbox": "doors frame auth applications words gate",
    # Pages and APIs, each for somebody.
    "leaks": "doors frame",
    "reads": "doors frame auth",
    "support": "doors frame",
    "portal": "doors frame auth words accounts",
    "authority": "doors frame auth words accounts portal",
    "desk": "doors frame auth words accounts",
    "onboarding": "doors outside frame auth applications words directory sandbox",
    "ois_portal": "doors outside frame auth words directory sandbox onboarding",
    # What puts them together for a process.
    "blueprints": "doors frame health auth applications directory gate sandbox leaks reads support portal authority"
    " desk onboarding ois_portal",
    "app": "doors outside frame health auth applications directory sandbox blueprints",
    "wsgi": "doors gate sandbox app",
}
"""Room of the sidecar → the other rooms of it that it imports: what is needed, and nothing besides (decision 0025).

A process that mounts some rooms registers their parts and those of the rooms below them, and needs no other secrets.
"""

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


def not_as_the_table_says(rooms: Mapping[str, set[str]], table: Mapping[str, str]) -> dict[str, set[str]]:
    """Rooms whose imports are not exactly those of their row, with what differs; a room without a row has an empty one.

    A row that allows more than is used is out of date, and would let a circle grow unseen.
    """
    known = {room: set(table.get(room, "").split()) for room in {*rooms, *table}}
    differing = {room: rooms.get(room, set()) ^ row for room, row in known.items()}
    return {room: found for room, found in differing.items() if found or room not in table or room not in rooms}


def test_rooms_of_the_sidecar_import_what_the_table_says() -> None:
    assert not_as_the_table_says(arrows("sidecar", modules()), SIDECAR_ROOMS) == {}


def test_the_table_of_the_sidecar_has_no_circle() -> None:
    assert circle({room: set(row.split()) for room, row in SIDECAR_ROOMS.items()}) is None


@pytest.mark.parametrize(
    ("room", "source", "differing"),
    [
        ("doors", "from sidecar.auth.guards import identity", {"doors": {"auth"}}),  # A circle: auth imports doors.
        ("reads", "from sidecar.portal.overview import overview", {"reads": {"portal"}}),
        ("events", "", {"events": set()}),  # A new room without a row.
        ("events", "from sidecar.doors.office import office", {"events": {"doors"}}),
    ],
)
def test_an_import_or_a_room_that_is_not_in_the_table_is_found(
    room: str, source: str, differing: dict[str, set[str]]
) -> None:
    added = Module(f"sidecar.{room}.new", modules()[0].path, ast.parse(source))
    assert not_as_the_table_says(arrows("sidecar", [*modules(), added]), SIDECAR_ROOMS) == differing


def test_a_row_that_allows_more_than_is_imported_is_found() -> None:
    table = {**SIDECAR_ROOMS, "reads": f"{SIDECAR_ROOMS['reads']} portal"}
    assert not_as_the_table_says(arrows("sidecar", modules()), table) == {"reads": {"portal"}}


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
