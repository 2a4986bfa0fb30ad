"""Status of the parts of a stack: looked at, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provisioning.stack import python_parts
from provisioning.stack.environment import keycloak_ports
from provisioning.stack.keycloak_process import keycloak_ready
from provisioning.stack.paths import StackPaths
from provisioning.stack.process import alive
from provisioning.stack.state import Part, Port, StackState, load_state

_PORTS: Final = {Part.MAIL: Port.SMTP, Part.KEYCLOAK: Port.KEYCLOAK, Part.SIDECAR: Port.SIDECAR}
"""Ports of the parts that listen."""


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One part. `healthy` means that it answered just now and can do its work."""

    part: Part
    port: int | None
    pid: int | None
    running: bool
    healthy: bool


def stack_status(paths: StackPaths) -> tuple[PartStatus, ...]:
    """Return every part, in the order of starting; those that never ran too."""
    state = load_state(paths.state)
    return tuple(_status(part, paths, state) for part in Part)


def _status(part: Part, paths: StackPaths, state: StackState) -> PartStatus:
    record = state.parts.get(part)
    running = record is not None and alive(record.process)
    pid = record.process.pid if record is not None and running else None
    port = state.ports.get(_PORTS[part]) if part in _PORTS else None
    return PartStatus(part, port, pid, running, running and _healthy(part, paths, state))


def _healthy(part: Part, paths: StackPaths, state: StackState) -> bool:
    match part:
        case Part.MAIL:
            return python_parts.mail_catcher_ready(state.ports[Port.SMTP])
        case Part.KEYCLOAK:
            return keycloak_ready(keycloak_ports(state.ports))
        case Part.SIDECAR:
            return python_parts.sidecar_ready(state.ports[Port.SIDECAR])
        case Part.WATCH:
            return python_parts.watch_alive(paths)
