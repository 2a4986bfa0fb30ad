"""The walk-through of docs/for-ois.md, as it is printed: every command runs, in both languages (U2: ten minutes)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from provisioning.ledger.queries import applications as store
from provisioning.lifecycle.applications import make_link
from tests.support.keycloak_server import PROJECT
from tests.support.sandbox_running import SandboxWorld

pytestmark = [pytest.mark.assure, pytest.mark.keycloak]

_TIMEOUT_S = 120


def commands(file: str, chapter: int) -> str:
    """The indented blocks of a chapter as one script."""
    text = (PROJECT / "docs" / file).read_text(encoding="utf-8")
    part = text.partition(f"\n## {chapter}. ")[2].partition("\n## ")[0]
    return "\n".join(line[4:] for line in part.splitlines() if line.startswith("    ") or not line)


def shell(script: str, folder: Path, world: SandboxWorld) -> str:
    """What a script prints; fails the test when one of its commands fails."""
    environ = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(PROJECT),
        "SIDECAR": world.url,
        "ISSUER": f"{world.realm.settings.keycloak_public_url}/realms/{world.realm.name}",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def confirm_and_check(world: SandboxWorld, slug: str) -> dict[str, object]:
    """What the applicant does with the mailed link: open it, press the button, have the checks run."""
    with world.office.ledger.transaction() as transaction:
        (record,) = store.applications_for(transaction, slug, "it@diary.example.ua")
        code = make_link(transaction, record.id, world.office.ledger.clock())
    assert code is not None
    with requests.Session() as session:
        opened = session.get(f"{world.url}/onboarding/link/open", params={"code": code.reveal()}, timeout=30)
        form = {"csrf_token": form_token(opened.text), "code": code.reveal()}
        page = session.post(f"{world.url}/onboarding/link/open", data=form, timeout=30)
        assert page.ok, page.text
        form = {"csrf_token": form_token(page.text)}
        answer = session.post(f"{world.url}/onboarding/application/checks.json", data=form, timeout=60)
        assert answer.ok, answer.text
        found: dict[str, object] = answer.json()
        return found


def form_token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


@pytest.mark.parametrize(("file", "slug"), [("for-ois.md", "diary"), ("for-ois.uk.md", "shchodennyk")])
def test_the_commands_lead_from_nothing_to_an_exchanged_call_and_a_passed_self_test(
    world: SandboxWorld, tmp_path: Path, file: str, slug: str
) -> None:
    first = commands(file, 1).replace('slug: "diary"', f'slug: "{slug}"')
    assert json.loads(shell(first, tmp_path, world))["status"] == "awaiting-confirmation"
    report = confirm_and_check(world, slug)
    assert report["ois"] == slug
    told = shell(commands(file, 2).replace("ois-diary", f"ois-{slug}"), tmp_path, world)
    pupils, _, rest = told.partition("]")
    assert len(json.loads(f"{pupils}]")) == 12
    results = [line.split()[:2] for line in rest.splitlines() if "met" in line]
    assert {tuple(result) for result in results} == {
        ("met", check)
        for check in ("private-key-jwt", "exchange", "token-reuse", "retry-after", "cut-off", "token-in-url")
    }
