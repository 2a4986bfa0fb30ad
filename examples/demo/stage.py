"""How the demo tells its story: chapters, commands that really run, requests that are really sent.

A step whose outcome is not the expected one ends the demo with a failure; nothing is shown that did not happen.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import requests
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

PROVISION = str(Path(sys.executable).with_name("provision"))

_LINES = 14
_CONSOLE = Console(highlight=False, soft_wrap=True)


def chapter(clause: str, title: str) -> None:
    """A new chapter; `clause` is the clause of the order that it shows."""
    _CONSOLE.print()
    _CONSOLE.print(Panel(f"[bold]{escape(title)}[/]", title=f"order {clause}", title_align="left", style="blue"))


def say(text: str) -> None:
    """One sentence of the narrator."""
    _CONSOLE.print(f"  {escape(text)}")


def show(text: str) -> None:
    """A piece of a file or of an answer."""
    lines = text.rstrip().splitlines()
    for line in lines[:_LINES]:
        _CONSOLE.print(f"    [dim]│[/] {escape(line)}")
    if len(lines) > _LINES:
        _CONSOLE.print(f"    [dim]│ … {len(lines) - _LINES} lines more[/]")


def run(*arguments: str, expect: int = 0, secret: bool = False, stdin: str | None = None) -> str:
    """Run `provision …`, show it and its output, and check its exit code; its standard output.

    `secret` output is passed on and not shown.
    """
    _CONSOLE.print(f"  [bold green]$ provision {escape(' '.join(arguments))}[/]")
    done = subprocess.run([PROVISION, *arguments], capture_output=True, text=True, check=False, input=stdin)
    show("(a secret, shown once)" if secret else done.stdout)
    if done.returncode != 0:
        show(done.stderr)
    _CONSOLE.print(f"    [dim]exit code {done.returncode}[/]")
    if done.returncode != expect:
        fail(f"expected exit code {expect}, got {done.returncode}:\n{done.stderr}")
    return done.stdout.strip()


def token(endpoint: str, client_id: str, secret: str, *, expect: int = 200) -> dict[str, Any]:
    """Ask for a token with an API key (RFC 6749 section 4.4); show request and answer without secrets."""
    _CONSOLE.print(f"  [bold green]POST[/] {escape(endpoint)}")
    show(f"Authorization: Basic ({client_id} and its secret)\ngrant_type=client_credentials")
    answer = requests.post(endpoint, data={"grant_type": "client_credentials"}, auth=(client_id, secret), timeout=30)
    body: dict[str, Any] = answer.json()
    text = {name: value for name, value in body.items() if name != "access_token"}
    show(f"{answer.status_code} {json.dumps(text, ensure_ascii=False)}")
    if answer.status_code != expect:
        fail(f"expected {expect}")
    return body


def claims(access_token: str) -> dict[str, Any]:
    """What stands in a token, shown as it is."""
    part = access_token.split(".")[1]
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    show(json.dumps(content, indent=2, ensure_ascii=False))
    return content


def check(holds: bool, what: str) -> None:
    """A claim of the narrator that must be true."""
    if not holds:
        fail(f"this does not hold: {what}")
    _CONSOLE.print(f"  [green]✓[/] {escape(what)}")


def fail(why: str) -> NoReturn:
    """The demo is over, and not well."""
    _CONSOLE.print(f"[bold red]The demo failed:[/] {escape(why)}")
    raise SystemExit(1)
