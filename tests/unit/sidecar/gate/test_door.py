"""Who may ask the gate: by secret, by socket, and nobody else. docs/security.md row 17."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.settings import Settings, SettingsError
from sidecar.gate.door import Door, door_of

PATH = "/run/aikom/gate.sock"
BY_SOCKET = {"SERVER_NAME": PATH, "REMOTE_ADDR": ""}
BY_PORT = {"SERVER_NAME": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "gate.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        path.chmod(0o660)
        yield path


@pytest.mark.parametrize(
    ("environ", "by_secret", "by_socket", "by_either", "by_nothing"),
    [
        (BY_PORT, False, False, False, False),
        (BY_PORT | {"HTTP_X_AIKOM_GATE_SECRET": "s"}, True, False, True, False),
        (BY_PORT | {"HTTP_X_AIKOM_GATE_SECRET": ""}, False, False, False, False),
        (BY_PORT | {"HTTP_X_AIKOM_GATE_SECRET": "S"}, False, False, False, False),
        (BY_PORT | {"HTTP_X_AIKOM_GATE_SECRET": "\udcd0"}, False, False, False, False),
        (BY_PORT | {"SERVER_NAME": PATH}, False, False, False, False),
        (BY_PORT | {"HTTP_SERVER_NAME": PATH, "HTTP_REMOTE_ADDR": ""}, False, False, False, False),
        (BY_SOCKET, False, True, True, False),
        (BY_SOCKET | {"SERVER_NAME": f"{PATH}2"}, False, False, False, False),
    ],
)
def test_the_door_opens_to_the_secret_and_to_the_socket_only(
    environ: dict[str, str], by_secret: bool, by_socket: bool, by_either: bool, by_nothing: bool
) -> None:
    doors = (Door(b"s"), Door(socket=PATH), Door(b"s", PATH), Door())
    assert [door.admits(environ) for door in doors] == [by_secret, by_socket, by_either, by_nothing]


def test_settings_say_which_door_there_is(listening: Path) -> None:
    path = str(listening)
    assert door_of(Settings({})) is None
    assert door_of(Settings({"AIKOM_GATE_SECRET": "", "AIKOM_GATE_SOCKET": ""})) is None
    assert door_of(Settings({"AIKOM_GATE_SECRET": "s"})) == Door(b"s")
    assert door_of(Settings({"AIKOM_GATE_SOCKET": path, "AIKOM_GATE_SECRET": ""})) == Door(None, path)


@pytest.mark.parametrize("mode", [0o666, 0o662, 0o777])
def test_a_socket_that_everybody_may_write_to_is_no_lock(listening: Path, mode: int) -> None:
    listening.chmod(mode)
    with pytest.raises(SettingsError, match="open to everybody"):
        door_of(Settings({"AIKOM_GATE_SOCKET": str(listening)}))


def test_what_is_not_there_or_no_socket_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch(0o600)
    for name, why in (("none", "is not there"), ("file", "is no socket")):
        with pytest.raises(SettingsError, match=why):
            door_of(Settings({"AIKOM_GATE_SOCKET": str(tmp_path / name)}))
