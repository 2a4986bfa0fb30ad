"""`provision explain`: why the gate lets a request through or not, check by check (order cl. 9)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import click
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from provisioning.cli.console import OUT, show_json
from provisioning.cli.parts import open_parts, valid_configuration
from provisioning.gate.diagnosis import CheckedStep, Diagnosis
from provisioning.gate.explanations import EXPLANATIONS
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import ProtocolCall, read_target
from provisioning.gate.rules import Rules
from provisioning.lifecycle.diagnosing import Examiner
from provisioning.model.configuration import Configuration
from provisioning.model.errors import ExitCode
from provisioning.model.records import AccountRecord

_STDIN: Final = "-"


@click.command()
@click.argument("subject", metavar="-|ID")
@click.argument("method", required=False)
@click.argument("path", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print every check as JSON.")
@click.pass_context
def explain(ctx: click.Context, subject: str, method: str | None, path: str | None, *, as_json: bool) -> None:
    """Say why a request to the central database passes or not, and what to do.

    \b
    provision explain - GET /v1/institutions/46-0001234/students < token.txt
    provision explain 46-0001234

    `-` reads an access token from standard input; a token as an argument would be visible to every process. An ID is an
    institution's, an account's, an API key's or an OIS's. Changes nothing and asks Keycloak for its public keys only.

    Exit code 0 when it passes, 4 when it is refused.
    """
    if (method is None) != (path is None):
        raise click.UsageError("give METHOD and PATH both, such as GET /v1/institutions/46-0001234/students")
    asked = None if method is None or path is None else read_target(method, path)
    found = _diagnose(subject, asked)
    if as_json:
        show_json([_plain(diagnosis) for diagnosis in found])
    else:
        for diagnosis in found:
            _show(diagnosis)
    passes = any(diagnosis.refusal is None for diagnosis in found)
    ctx.exit(ExitCode.OK if passes else ExitCode.REFUSED)


def _diagnose(subject: str, asked: ProtocolCall | Reason | None) -> Sequence[Diagnosis]:
    configuration = valid_configuration()
    with open_parts() as parts, parts.ledger.reader() as reader:
        examiner = Examiner(reader, Rules(configuration.protocol), parts.settings, datetime.now(UTC))
        if subject == _STDIN:
            return [examiner.token(sys.stdin.read().strip().removeprefix("Bearer ").strip(), asked)]
        ois = examiner.ois(subject)
        if ois is not None:
            return [ois]
        return list(examiner.account(subject, asked, lambda account, _: _rights(account, configuration)))


def _rights(account: AccountRecord, configuration: Configuration) -> frozenset[str]:
    record = next((each for each in configuration.institutions if each.id == account.institution_id), None)
    return frozenset() if record is None else configuration.rights_of(record)


def _show(diagnosis: Diagnosis) -> None:
    table = Table("check", "", "", title=escape(diagnosis.about.en), title_justify="left", box=SIMPLE_HEAD)
    for step in diagnosis.steps:
        table.add_row(step.check, "passes" if step.reason is None else "refused", escape(_words(step)))
    OUT.print(table)
    if diagnosis.refusal is None:
        OUT.print("It passes.")
    else:
        OUT.print(f"The gate answers {diagnosis.refusal.status} {diagnosis.refusal.value}.", markup=False)
        OUT.print(f"What to do: {EXPLANATIONS[diagnosis.refusal].detail.en}", markup=False)


def _words(step: CheckedStep) -> str:
    if step.reason is None:
        return step.note.en
    title = EXPLANATIONS[step.reason].title.en
    return f"{title} ({step.note.en})" if step.note.en else title


def _plain(diagnosis: Diagnosis) -> dict[str, Any]:
    refusal = diagnosis.refusal
    return {
        "about": diagnosis.about.en,
        "passes": refusal is None,
        "status": None if refusal is None else refusal.status,
        "reason": None if refusal is None else refusal.value,
        "remedy": None if refusal is None else EXPLANATIONS[refusal].detail.en,
        "checks": [
            {"check": each.check, "reason": each.reason and each.reason.value, "note": each.note.en}
            for each in diagnosis.steps
        ],
    }
