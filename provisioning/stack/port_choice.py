"""The ports that a stack gets: those asked for, else those it had, else the usual ones, else any free ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from provisioning.stack.errors import PortBusy
from provisioning.stack.ports import PortWish, choose_port
from provisioning.stack.state import Part, Port, StackState

USUAL_PORTS: Final[Mapping[Port, int]] = MappingProxyType(
    {Port.KEYCLOAK: 8080, Port.HEALTH: 9090, Port.SMTP: 1025, Port.SIDECAR: 8000}
)
"""Preferences: when one is taken, a free port is used and remembered."""

OWNERS: Final[Mapping[Port, Part]] = MappingProxyType(
    {Port.KEYCLOAK: Part.KEYCLOAK, Port.HEALTH: Part.KEYCLOAK, Port.SMTP: Part.MAIL, Port.SIDECAR: Part.SIDECAR}
)


def variable(port: Port) -> str:
    """Return the environment variable that asks for a port."""
    return f"AIKOM_STACK_{port.upper()}_PORT"


def wishes(
    asked: Mapping[Port, int], state: StackState, environ: Mapping[str, str] | None = None
) -> tuple[PortWish, ...]:
    """Return a wish per port, with who insists on it. Raises PortBusy when the environment holds no port number."""
    env = os.environ if environ is None else environ
    return tuple(_wish(port, asked, state, env) for port in Port)


def choose(
    asked: Mapping[Port, int], state: StackState, running: frozenset[Part], environ: Mapping[str, str] | None = None
) -> dict[Port, int]:
    """Return the ports to use. A running part holds its port itself. Raises PortBusy with the holder's name."""
    chosen: dict[Port, int] = {}
    for port, wish in zip(Port, wishes(asked, state, environ), strict=True):
        held = OWNERS[port] in running and state.ports.get(port) == wish.port
        chosen[port] = wish.port if held else choose_port(wish, taken=frozenset(chosen.values()))
    return chosen


def _wish(port: Port, asked: Mapping[Port, int], state: StackState, env: Mapping[str, str]) -> PortWish:
    if port in asked:
        return PortWish(port, asked[port], f"asked for by --{port}-port")
    if text := env.get(variable(port)):
        return PortWish(port, _number(text, variable(port)), f"asked for by {variable(port)}")
    if port in state.ports:
        return PortWish(port, state.ports[port], "used since the first start")
    return PortWish(port, USUAL_PORTS[port])


def _number(text: str, name: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise PortBusy(f"{name} is {text!r}, which is not a port", remedy="give a number from 1 to 65535")
    return int(text)
