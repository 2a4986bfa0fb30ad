"""Processes are recognised by id and start, found by session, and only they are stopped."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from provisioning.stack.process import RunningProcess, alive, interrupt_later, members, start_detached, stop


def _start(tmp_path: Path, code: str) -> RunningProcess:
    return start_detached([sys.executable, "-c", code], log=tmp_path / "log", cwd=tmp_path, environ=os.environ)


def test_a_started_process_runs_until_it_is_stopped_and_stopping_again_is_harmless(tmp_path: Path) -> None:
    process = _start(tmp_path, "import time; time.sleep(60)")
    assert alive(process)
    assert stop(process)
    assert not alive(process)
    assert not stop(process)


def test_a_process_that_recycled_the_id_is_left_alone(tmp_path: Path) -> None:
    process = _start(tmp_path, "import time; time.sleep(60)")
    recycled = RunningProcess(process.pid, process.started - 3600)
    assert not alive(RunningProcess(process.pid, process.started + 3600))
    assert [member.pid for member in members(recycled)] == []
    assert not stop(recycled)
    assert alive(process)
    stop(process)


def test_one_that_ignores_the_request_is_killed_after_the_grace(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    process = _start(tmp_path, f"{code}; pathlib.Path({str(ready)!r}).touch(); time.sleep(60)")
    while not ready.exists():
        time.sleep(0.02)
    assert stop(process, grace_s=0.2)
    assert not alive(process)


def test_a_child_is_found_and_stopped_when_its_parent_is_gone(tmp_path: Path) -> None:
    process = _start(tmp_path, "import subprocess; subprocess.Popen(['sleep', '60']); import time; time.sleep(60)")
    while len(members(process)) < 2:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    while len(members(process)) > 1:
        time.sleep(0.02)
    assert alive(process)
    assert stop(process)
    assert not alive(process)


def test_one_that_ends_while_it_is_looked_for_leaves_no_zombie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process, look = _start(tmp_path, "import time; time.sleep(60)"), psutil.process_iter

    def end_and_look() -> Iterator[psutil.Process]:
        os.kill(process.pid, signal.SIGKILL)
        while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.02)
        return look()

    monkeypatch.setattr(psutil, "process_iter", end_and_look)
    assert members(process) == []
    assert not psutil.pid_exists(process.pid)


def test_the_log_is_readable_by_its_owner_only_and_is_added_to(tmp_path: Path) -> None:
    for word in ("first", "second"):
        process = _start(tmp_path, f"print({word!r})")
        while alive(process):
            time.sleep(0.02)
    assert (tmp_path / "log").read_text() == "first\nsecond\n"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_ctrl_c_waits_for_the_end_of_the_block() -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupt_later():
        os.kill(os.getpid(), signal.SIGINT)
        reached.append("the process is written down")
    assert reached
