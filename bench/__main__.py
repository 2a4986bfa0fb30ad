"""The index of figures: which there are, what they are measured against, and running them one after the other.

    python -m bench                 # every figure, at a size that takes minutes
    python -m bench --list
    python -m bench ledger_verify --full   # one of them, at the size of its goal

A figure is a module of this package with a `main` and a command line of its own. It prints lines for people, then one
JSON document. What was printed goes to `.artifacts/bench/NAME.txt`, the document to `NAME.json` beside it.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

OUT: Final = Path(".artifacts") / "bench"


TOOLS: Final = frozenset({"__main__", "country", "register"})
"""Modules with a command line that are no figure of the index: they make something, or need files of the user's."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Arguments of a figure: for minutes, and for the size of its goal."""

    short: Sequence[str] = ()
    full: Sequence[str] = ()


SIZES: Final[Mapping[str, Sizes]] = {
    "gate": Sizes(("--seconds", "2", "--institutions", "40"), ("--seconds", "6")),
    "placement": Sizes(("--scale", "0.2")),
    "exchange": Sizes(("--seconds", "3", "--rounds", "2")),
    "ledger_verify": Sizes(("--events", "60000"), ("--events", "1000000")),
    "provisioning": Sizes(("1000",), ("1000", "10000", "30000", "100000")),
    "searches": Sizes(("--institutions", "3000", "--rounds", "10"), ("--institutions", "30000")),
    "revocation": Sizes(("--endings", "100"), ("--endings", "1000")),
}
"""Figures whose command line wants arguments, or takes long without."""


def figures() -> dict[str, str]:
    """Module → the first line that it says about itself."""
    found = {}
    for file in sorted(Path(__file__).parent.glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        has_command_line = any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)
        if has_command_line and file.stem not in TOOLS:
            found[file.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Figures side by side with their references.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which figures; all when none is named")
    parser.add_argument("--list", action="store_true", help="name the figures and end")
    parser.add_argument("--full", action="store_true", help="the size of the goal; may take long")
    given = parser.parse_args()
    known = figures()
    unknown = [name for name in given.names if name not in known]
    if unknown:
        parser.error(f"no figure {', '.join(unknown)}; there are: {', '.join(known)}")
    if given.list:
        for name, what in known.items():
            _say(f"{name:14} {what}")
        return
    failed = [name for name in given.names or known if not run(name, known[name], full=given.full)]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def run(name: str, what: str, *, full: bool) -> bool:
    """Measure one figure as a process of its own, show what it prints and keep it; whether it succeeded."""
    sizes = SIZES.get(name, Sizes())
    command = [sys.executable, "-m", f"bench.{name}", *(sizes.full if full else sizes.short)]
    _say(f"\n== {name}: {what}\n   python {' '.join(command[1:])}")
    printed: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            _say(f"   {line.rstrip()}")
            printed.append(line)
    document = json_at_end(printed)
    if process.returncode != 0 or document is None:
        return False
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.txt").write_text("".join(printed), encoding="utf-8")
    (OUT / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return True


def json_at_end(lines: Sequence[str]) -> Any:
    """The JSON document that the lines end with, or None."""
    for number in range(len(lines)):
        if lines[number].startswith(("{", "[")):
            try:
                return json.loads("".join(lines[number:]))
            except ValueError:
                continue
    return None


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a bench prints its figures


if __name__ == "__main__":
    main()
