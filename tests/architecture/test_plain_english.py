"""Docstrings in plain English: a public function says with a verb what it does, and none speaks in riddles.

A noun, a question or an article as the first word hides what a function does; a property names what it is. Help of a
command group names the group.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.architecture.modules import Module, modules

VERBS: Final = frozenset(
    """
    Accept Add Announce Answer Apply Approve Ask Assign Begin Bring Build Carry Change Check Clear Close Collect Compare
    Complete Compute Connect Copy Count Create Cut Decide Delete Describe Disable Do Draft Draw Drop Empty Enable
    End Explain Export Fetch Fill Find Finish Fold Forget Get Give Hand Have Hold Insert Issue Join Judge Keep Kill Lead
    Leave Let List Load Look Mail Make Mark Merge Mount Move Name Note Offer Open Parse Plan Print Propose Put Queue
    Raise
    Re-apply Read Record Refuse Register Reject Remember Remove Replace Report Require Restore Resume Return Revoke
    Rotate Run Say Search Send Serve Set Shake Shorten Show Sign Sort Start Stop Store Sum Suspend Switch Take Tell Turn
    Unpack Update Use Verify Wait Withdraw Work Wrap Write Yield
    """.split()  # noqa: SIM905 - a list to read
)
"""First words of a function's docstring, in the imperative. Another verb is written here; anything else is no verb."""

RIDDLES: Final = re.compile(r"\b(?:anybody|nobody|somebody|whoever|stands|told|what is over)\b", re.IGNORECASE)
"""Words that leave open who or what is meant: name the person, the process or the state instead."""


def public(module: Module) -> Iterator[tuple[str, ast.AST, str]]:
    """Name, node and docstring of the module, and of all that is public in it, as far as they have one."""
    yield from _documented("", module.tree)


def _documented(name: str, node: ast.Module | ast.ClassDef | ast.FunctionDef) -> Iterator[tuple[str, ast.AST, str]]:
    text = ast.get_docstring(node)
    if text is not None:
        yield name, node, text
    inside = [] if isinstance(node, ast.FunctionDef) else node.body
    for child in inside:
        if isinstance(child, ast.ClassDef | ast.FunctionDef) and not child.name.startswith("_"):
            yield from _documented(f"{name}.{child.name}".lstrip("."), child)


def without_verb(module: Module) -> list[str]:
    """Public functions whose docstring does not begin with one of `VERBS`."""
    return [
        f"{module.name}.{name}: {text.splitlines()[0]}"
        for name, node, text in public(module)
        if isinstance(node, ast.FunctionDef) and not _is_named(node)
        if re.split(r"[\s,:.;(]", text)[0] not in VERBS
    ]


def riddles(module: Module) -> list[str]:
    """Public docstrings with one of `RIDDLES`, and the word."""
    return [
        f"{module.name}.{name}: {match[0]}"
        for name, _, text in public(module)
        for match in [RIDDLES.search(text)]
        if match is not None
    ]


def _is_named(function: ast.FunctionDef) -> bool:
    """Whether it is a property or a group of commands, which name a thing."""
    decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
    return any(
        text in ("property", "cached_property") or ".group" in text or "_Commands" in text for text in decorators
    )


def test_a_function_says_with_a_verb_what_it_does() -> None:
    found = [line for module in modules() for line in without_verb(module)]
    assert found == []


def test_no_docstring_speaks_in_riddles() -> None:
    found = [line for module in modules() for line in riddles(module)]
    assert found == []


def _module(source: str) -> Module:
    return Module("x", modules()[0].path, ast.parse(source))


@pytest.mark.parametrize(
    ("source", "verbless"),
    [
        ('def f():\n    """The account."""', True),
        ('def f():\n    """Whether it lives."""', True),
        ('class A:\n    def f(self):\n        """What it has."""', True),
        ('def f():\n    """Return the account. Raises UnknownAccount."""', False),
        ('class A:\n    """An account."""\n    @property\n    def f(self):\n        """The account."""', False),
        ('@cli.group()\ndef f():\n    """Accounts of institutions."""', False),
        ('@f.command()\ndef f():\n    """Accounts of institutions."""', True),
        ('def _f():\n    """The account."""', False),
    ],
)
def test_a_docstring_without_a_verb_is_found(source: str, verbless: bool) -> None:
    assert bool(without_verb(_module(source))) is verbless


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""Whoever looks first."""', ["x.: Whoever"]),
        ('class A:\n    """A mandate that stands."""', ["x.A: stands"]),
        ('def f():\n    """Return what is over."""', ["x.f: what is over"]),
        ('def _f():\n    """Nobody knows."""', []),
        ('"""Understands standing mandates."""', []),
    ],
)
def test_a_riddle_is_found(source: str, found: list[str]) -> None:
    assert riddles(_module(source)) == found
