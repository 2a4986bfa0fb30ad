"""Signs of life: a file that grows old when the service hangs, and messages that systemd reads."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from provisioning.watch.health import Health, ServiceNotAlive, check_alive


def test_a_beat_is_a_sign_of_life_until_it_is_old(tmp_path: Path) -> None:
    file = tmp_path / "alive"
    with pytest.raises(ServiceNotAlive, match="does not run"):
        check_alive(file)
    Health(file).beat("leading")
    assert check_alive(file) == "leading"
    hour_ago = file.stat().st_mtime - 3_600
    os.utime(file, (hour_ago, hour_ago))
    with pytest.raises(ServiceNotAlive, match="hangs or was killed"):
        check_alive(file)


def test_a_clean_stop_takes_the_sign_away(tmp_path: Path) -> None:
    health = Health(tmp_path / "alive")
    health.beat("leading")
    health.stopping()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    Health(tmp_path / "missing" / "alive").beat("leading")


@pytest.mark.parametrize("text", ["", "{}", "[]", "nonsense"])
def test_a_file_that_makes_no_sense_is_no_sign_of_life(tmp_path: Path, text: str) -> None:
    (tmp_path / "alive").write_text(text)
    with pytest.raises(ServiceNotAlive):
        check_alive(tmp_path / "alive")


@pytest.mark.parametrize("abstract", [True, False])
def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    name = f"aikom-test-{os.getpid()}"
    address = f"\0{name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(address)
        channel.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}" if abstract else address)
        health = Health(None)
        health.beat("standing by")
        assert channel.recv(200).decode().splitlines() == ["READY=1", "WATCHDOG=1", "STATUS=standing by"]
        health.stopping()
        assert channel.recv(200) == b"STOPPING=1"
