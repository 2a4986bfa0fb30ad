"""Who may record that an OIS is connected or ended: four eyes, and the sandbox, where it opens nothing."""

from __future__ import annotations

import ast
from typing import Final

import pytest

from tests.architecture.modules import Module, modules

RECORDERS: Final = frozenset({"record_connection", "record_termination"})
CALLERS: Final = frozenset({"provisioning.lifecycle.ois.four_eyes", "provisioning.lifecycle.sandbox.admission"})
EVENTS: Final = frozenset({"OisConnected", "OisTerminated"})
MAKER: Final = "provisioning.lifecycle.ois.connection"


def called(module: Module) -> set[str]:
    """Every name that a module calls, by itself or as an attribute of something."""
    functions = (node.func for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return {f.id if isinstance(f, ast.Name) else f.attr for f in functions if isinstance(f, ast.Name | ast.Attribute)}


def test_only_four_eyes_and_the_sandbox_connect_or_end_an_ois() -> None:
    assert {module.name for module in modules() if called(module) & RECORDERS} == CALLERS


def test_the_events_are_made_in_one_place() -> None:
    assert {module.name for module in modules() if called(module) & EVENTS} == {MAKER}


@pytest.mark.parametrize(
    "source", ["record_connection(a, b)", "connection.record_termination(a)", "OisConnected(rights=())"]
)
def test_a_call_is_seen_however_it_is_written(source: str) -> None:
    added = Module("provisioning.lifecycle.other", modules()[0].path, ast.parse(source))
    assert called(added) & (RECORDERS | EVENTS)
