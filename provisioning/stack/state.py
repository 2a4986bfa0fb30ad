"""The state of a stack between two commands: its ports and its processes, in `.aikom/stack.json`. No secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from provisioning.stack.errors import StackError
from provisioning.stack.paths import write_private
from provisioning.stack.process import RunningProcess


class Part(StrEnum):
    """The processes of a stack, in the order of starting."""

    MAIL = "mail"
    KEYCLOAK = "keycloak"
    SIDECAR = "sidecar"
    WATCH = "watch"


class Port(StrEnum):
    """The ports of a stack. Health belongs to Keycloak."""

    KEYCLOAK = "keycloak"
    HEALTH = "health"
    SMTP = "smtp"
    SIDECAR = "sidecar"


@dataclass(frozen=True, slots=True)
class PartRecord:
    """A part that was started. It has to be started anew when the fingerprint of what it runs on changes."""

    process: RunningProcess
    fingerprint: str


@dataclass(frozen=True, slots=True)
class StackState:
    """Ports and processes of a stack. Ports stay once chosen: Keycloak's is in every token.

    Records stay until `down`, even of parts that died.
    """

    ports: Mapping[Port, int] = field(default_factory=lambda: MappingProxyType({}))
    parts: Mapping[Part, PartRecord] = field(default_factory=lambda: MappingProxyType({}))

    def with_part(self, part: Part, record: PartRecord) -> StackState:
        """Return the state after a part was started."""
        return replace(self, parts=MappingProxyType({**self.parts, part: record}))

    def without_part(self, part: Part) -> StackState:
        """Return the state after a part was stopped."""
        return replace(self, parts=MappingProxyType({name: kept for name, kept in self.parts.items() if name != part}))


def load_state(path: Path) -> StackState:
    """Return the state in the file; an empty one when there is none. Raises StackError for a file that is damaged."""
    if not path.is_file():
        return StackState()
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return StackState(
            MappingProxyType({Port(name): int(port) for name, port in values["ports"].items()}),
            MappingProxyType({Part(name): _record(part) for name, part in values["parts"].items()}),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StackError(
            f"{path} does not describe a stack",
            remedy=f"stop its processes by hand and delete {path}; `provision stack up` writes it anew",
        ) from error


def save_state(path: Path, state: StackState) -> None:
    """Replace the state file in one step."""
    parts = {
        name: {"pid": part.process.pid, "started": part.process.started, "fingerprint": part.fingerprint}
        for name, part in state.parts.items()
    }
    write_private(path, json.dumps({"ports": dict(state.ports), "parts": parts}, indent=2) + "\n")


def _record(values: Mapping[str, object]) -> PartRecord:
    process = RunningProcess(int(str(values["pid"])), float(str(values["started"])))
    return PartRecord(process, str(values["fingerprint"]))
