"""Bring the stack up. Safe to repeat, to interrupt and to run after a crash: each step looks at what is there.

The state is written after every start, so that the next command knows every process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from provisioning.ledger import open_ledger
from provisioning.settings import Settings
from provisioning.stack import keycloak_part, python_parts
from provisioning.stack.environment import ensure_environment, keycloak_ports
from provisioning.stack.errors import PartFailed
from provisioning.stack.extension import ensure_extension
from provisioning.stack.java import find_java
from provisioning.stack.keycloak_home import ensure_built_home
from provisioning.stack.keycloak_process import wait_for_keycloak
from provisioning.stack.locking import take_lock
from provisioning.stack.paths import StackPaths, cache_folder
from provisioning.stack.port_choice import OWNERS, choose
from provisioning.stack.process import RunningProcess, alive, interrupt_later, stop
from provisioning.stack.progress import Progress
from provisioning.stack.python_parts import PROJECT
from provisioning.stack.state import Part, PartRecord, Port, StackState, load_state, save_state

_READY_WITHIN_S = 90.0


@dataclass(slots=True)
class _Run:
    """One `up`: where, and the state as it grows."""

    paths: StackPaths
    progress: Progress
    state: StackState

    def save(self, state: StackState) -> None:
        save_state(self.paths.state, state)
        self.state = state


def bring_up(
    paths: StackPaths, asked_ports: Mapping[Port, int], progress: Progress, *, durable: bool = True
) -> StackState:
    """Start what does not run, restart what runs on outdated code or ports, and return when all answer.

    Without `durable` Keycloak writes five times faster, and forgets the last half second when it is killed.
    Raises ToolMissing, DownloadFailed, BuildFailed, PortBusy, PartFailed, CredentialsLost, StackBusy.
    """
    paths.create()
    with take_lock(paths.lock):
        run = _Run(paths, progress, load_state(paths.state))
        find_java()
        _choose_ports(run, asked_ports)
        home = ensure_built_home(cache_folder(), ensure_extension(PROJECT, progress), progress)
        settings = ensure_environment(paths, run.state.ports)
        _start_all(run, home, settings, durable=durable)
    return run.state


def _choose_ports(run: _Run, asked: Mapping[Port, int]) -> None:
    """Choose the ports; parts whose port is to change are stopped. The choice is kept before anything starts."""
    ports = choose(asked, run.state, _running(run.state))
    for port, number in ports.items():
        if run.state.ports.get(port, number) != number:
            _stop_part(run, OWNERS[port])
    run.save(replace(run.state, ports=MappingProxyType(ports)))


def _running(state: StackState) -> frozenset[Part]:
    return frozenset(part for part, record in state.parts.items() if alive(record.process))


def _start_all(run: _Run, home: Path, settings: Mapping[str, str], *, durable: bool) -> None:
    ports, code = run.state.ports, python_parts.code_fingerprint()
    smtp, sidecar = ports[Port.SMTP], ports[Port.SIDECAR]
    keycloak = keycloak_ports(ports)
    start_mail = partial(python_parts.start_mail_catcher, run.paths, smtp)
    mail = _ensure(run, Part.MAIL, f"{code} {smtp}", start_mail)
    start_keycloak = partial(keycloak_part.start, run.paths, home, keycloak, durable=durable)
    server = _ensure(
        run, Part.KEYCLOAK, f"{home.name} {keycloak.http} {keycloak.health} durable={durable}", start_keycloak
    )
    _wait(run, Part.MAIL, mail, partial(python_parts.mail_catcher_ready, smtp))
    with run.progress.step("Waiting for Keycloak and its service account"):
        wait_for_keycloak(server, keycloak, log=run.paths.log(Part.KEYCLOAK), progress=run.progress)
        if keycloak_part.finish_bootstrap(run.paths, Settings(settings)):
            run.progress.note("realm created; the temporary administrator is deleted")
    # The portal reads the ledgers and does not make them.
    for name in ("AIKOM_DATABASE_URL", "AIKOM_SANDBOX_DATABASE_URL"):
        open_ledger(settings[name]).close()
    if python_parts.sidecar_exists():
        start_sidecar = partial(python_parts.start_sidecar, run.paths, sidecar, settings)
        fingerprint = f"{code} {' '.join(map(str, ports.values()))}"
        process = _ensure(run, Part.SIDECAR, fingerprint, start_sidecar)
        _wait(run, Part.SIDECAR, process, partial(python_parts.sidecar_alive, sidecar))
    start_watch = partial(python_parts.start_watch, run.paths, settings)
    watch = _ensure(run, Part.WATCH, f"{code} {' '.join(map(str, ports.values()))}", start_watch)
    _wait(run, Part.WATCH, watch, partial(python_parts.watch_alive, run.paths))


def _ensure(run: _Run, part: Part, fingerprint: str, start: Callable[[], RunningProcess]) -> RunningProcess:
    """The part's process: the running one when nothing changed, else a new one."""
    record = run.state.parts.get(part)
    if record is not None and record.fingerprint == fingerprint and alive(record.process):
        run.progress.note(f"{part} is running (process {record.process.pid})")
        return record.process
    _stop_part(run, part)
    with interrupt_later():
        process = start()
        run.save(run.state.with_part(part, PartRecord(process, fingerprint)))
    run.progress.note(f"{part} started (process {process.pid})")
    return process


def _stop_part(run: _Run, part: Part) -> None:
    record = run.state.parts.get(part)
    if record is not None:
        stop(record.process)
        run.save(run.state.without_part(part))


def _wait(run: _Run, part: Part, process: RunningProcess, ready: Callable[[], bool]) -> None:
    if ready():
        return
    log = run.paths.log(part)
    deadline = time.monotonic() + _READY_WITHIN_S
    with run.progress.step(f"Waiting for {part}"):
        while not ready():
            if not alive(process):
                raise PartFailed(f"{part} ended while starting", remedy=f"read the end of {log} for the cause")
            if time.monotonic() > deadline:
                raise PartFailed(f"{part} did not answer in {_READY_WITHIN_S:.0f} s", remedy=f"read the end of {log}")
            time.sleep(0.1)
