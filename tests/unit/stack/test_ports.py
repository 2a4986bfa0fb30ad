"""Ports: asked for, kept, usual or free; a busy one is refused only when somebody insists."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from types import MappingProxyType

import pytest

from provisioning.stack.errors import PortBusy
from provisioning.stack.port_choice import USUAL_PORTS, choose
from provisioning.stack.ports import LOOPBACK, PortWish, choose_port, free_port, is_free
from provisioning.stack.state import Part, Port, StackState


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield int(server.getsockname()[1])


def _state(**ports: int) -> StackState:
    return StackState(ports=MappingProxyType({Port(name): port for name, port in ports.items()}))


def test_a_busy_port_that_nobody_insists_on_is_replaced_by_a_free_one(busy_port: int) -> None:
    chosen = choose_port(PortWish("keycloak", busy_port))
    assert chosen != busy_port
    assert is_free(chosen)


def test_a_busy_port_that_was_asked_for_is_refused_with_holder_and_remedy(busy_port: int) -> None:
    with pytest.raises(PortBusy) as refused:
        choose_port(PortWish("keycloak", busy_port, "asked for by --keycloak-port"))
    assert f"(process {os.getpid()})" in refused.value.message
    assert "asked for by --keycloak-port" in refused.value.message
    assert "--keycloak-port" in refused.value.remedy


def test_options_come_before_variables_before_what_was_used_before_the_usual_ones() -> None:
    option, variable, used = free_port(), free_port(), free_port()
    state = _state(keycloak=used, health=used, smtp=used)
    environ = {"AIKOM_STACK_KEYCLOAK_PORT": str(variable), "AIKOM_STACK_HEALTH_PORT": str(variable)}
    chosen = choose({Port.KEYCLOAK: option}, state, frozenset(), environ)
    assert chosen[Port.KEYCLOAK] == option
    assert chosen[Port.HEALTH] == variable
    assert chosen[Port.SMTP] == used
    assert chosen[Port.SIDECAR] == USUAL_PORTS[Port.SIDECAR] or not is_free(USUAL_PORTS[Port.SIDECAR])


def test_a_running_part_keeps_the_port_it_holds_itself(busy_port: int) -> None:
    chosen = choose({}, _state(smtp=busy_port), frozenset({Part.MAIL}), {})
    assert chosen[Port.SMTP] == busy_port


def test_a_port_used_since_the_first_start_is_not_silently_changed(busy_port: int) -> None:
    with pytest.raises(PortBusy, match="used since the first start"):
        choose({}, _state(keycloak=busy_port), frozenset(), {})


def test_one_port_for_two_parts_is_refused() -> None:
    port = free_port()
    with pytest.raises(PortBusy, match="another part of this stack"):
        choose({Port.KEYCLOAK: port, Port.HEALTH: port}, StackState(), frozenset(), {})


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "8o80", " "])
def test_a_variable_that_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(PortBusy, match="AIKOM_STACK_SMTP_PORT"):
        choose({}, StackState(), frozenset(), {"AIKOM_STACK_SMTP_PORT": text})
