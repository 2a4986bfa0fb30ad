"""`provision apply`: carries the plan out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from provisioning.cli.console import OUT, ShownProgress, show_json, shown_progress, tell
from provisioning.cli.failures import show_failures
from provisioning.cli.outbox.mailing import send_waiting_mail, show_sent
from provisioning.cli.parts import Parts, actor_name, current_actor, open_parts, valid_configuration
from provisioning.cli.plan.allowances import Allowances, allowances
from provisioning.cli.plan.view import nothing_to_change, show_asks
from provisioning.ledger.leases.lease import Lease, hold_lease
from provisioning.lifecycle.applying.apply import Applied
from provisioning.lifecycle.applying.apply import apply as carry_out
from provisioning.lifecycle.applying.planning import Survey, survey
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.configuration import Configuration
from provisioning.model.errors import AikomError, ExitCode
from provisioning.planning.errors import PlanRefused
from provisioning.planning.plan import FORMAT


class UnreadablePlan(AikomError):
    """The file is not a saved plan."""

    exit_code = ExitCode.INVALID_INPUT


@dataclass(frozen=True, slots=True)
class _Asked:
    """How far an apply may go."""

    allowed: Allowances
    leave_endings: bool


@click.command()
@click.argument("target", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print the totals as JSON on standard output.")
@click.option("--no-mail", is_flag=True, help="Leave the mail in the outbox; `provision outbox send` sends it.")
@click.option("--leave-deactivations", is_flag=True, help="Do the rest, and leave every deactivation to a person.")
@allowances
@click.pass_context
def apply(
    ctx: click.Context,
    target: Path | None,
    as_json: bool,
    no_mail: bool,
    leave_deactivations: bool,
    allowed: Allowances,
) -> None:
    """Make Keycloak agree with the configuration.

    TARGET is a configuration folder (realm-config by default) or a plan saved by `provision plan --out`; a saved plan
    is made again and refused if anything changed since. Cut off at any point, the next apply finishes what is left;
    nothing is done twice. Base keys are mailed at the end.

    Deactivations are final: they need their exact number, --allow-deactivations=N, or a saved plan. Without it nothing
    is changed (exit code 4); --leave-deactivations does the rest (exit code 2 while some are left).

    An object that Keycloak refuses is named with its remedy (exit code 2), and the rest is done; a Keycloak that is
    away ends the run (exit code 3).
    """
    if target is not None and target.is_file() and leave_deactivations:
        raise click.UsageError("a saved plan is carried out as it is")
    saved = _saved_plan(target) if target is not None and target.is_file() else None
    configuration = valid_configuration(target if saved is None else None)
    with open_parts(opens=True) as parts, shown_progress() as progress, _alone(parts) as lease:
        with _progress_shown(progress):
            found, applied = _run(parts, configuration, saved, _Asked(allowed, leave_deactivations), progress, lease)
        # Still under the lease: a service beside it leaves this mail to be sent, and counted, here.
        mailed = None if no_mail else send_waiting_mail(parts, configuration, progress)
    if as_json:
        mail = {} if mailed is None else {str(outcome): count for outcome, count in mailed.counts.items()}
        show_json({**_totals(applied), "failures": [asdict(one) for one in applied.refused], "mail": mail})
    else:
        show_result(found, applied)
        if mailed is not None:
            show_sent(mailed)
    ctx.exit(_exit_code(found, applied))


def _alone(parts: Parts) -> AbstractContextManager[Lease]:
    return hold_lease(parts.ledger, name="apply", holder=actor_name())


def _run(
    parts: Parts,
    configuration: Configuration,
    saved: dict[str, Any] | None,
    asked: _Asked,
    progress: ShownProgress,
    lease: Lease,
) -> tuple[Survey, Applied]:
    found = survey(
        configuration,
        parts.settings,
        parts.connection,
        parts.ledger,
        allowed=asked.allowed,
        leave_endings=asked.leave_endings,
        progress=progress,
    )
    if saved is not None and saved["checksum"] != found.plan.checksum:
        raise PlanRefused(
            f"the saved plan {saved['checksum'][:12]} is out of date: now it would be {found.plan.checksum[:12]}",
            remedy="look at `provision plan` again and save it anew",
        )
    if saved is not None:
        found = replace(found, plan=found.plan.reviewed())
    actor = replace(current_actor(parts, progress), fence=lease.fence)
    return found, carry_out(Workshop(actor, found.context), found)


@contextmanager
def _progress_shown(progress: ShownProgress) -> Iterator[None]:
    """When the block is cut short, by a failure or by Ctrl-C, say what is left."""
    try:
        yield
    except (AikomError, KeyboardInterrupt):
        if (rest := progress.cut_short()) is not None:
            tell(rest)
        raise


def _exit_code(found: Survey, applied: Applied) -> ExitCode:
    if found.plan.accounts.refusals:
        return ExitCode.REFUSED
    return ExitCode.DIFFERENCES if applied.left or applied.refused or found.plan.left else ExitCode.OK


def show_result(found: Survey, applied: Applied) -> None:
    """Say what was left alone and what Keycloak refuses, then what was done, or that there was nothing to do."""
    totals = {name: count for name, count in _totals(applied).items() if count}
    plan = found.plan
    show_asks(plan)
    show_failures(applied.refused)
    if not totals:
        waits = "Nothing was changed: what is listed above waits for a person."
        OUT.print(nothing_to_change(plan) if plan.is_in_sync else waits)
        return
    OUT.print("Done: " + ", ".join(f"{count} {_words(name, count)}" for name, count in totals.items()) + ".")


_WORDS = {
    "finished": ("action of an earlier run finished", "actions of an earlier run finished"),
    "realm": ("realm object changed", "realm objects changed"),
    "routes": ("route of the exchange protocol recorded", "routes of the exchange protocol recorded"),
    "rights": ("entry of rights and staff recorded", "entries of rights and staff recorded"),
    "closed": ("account deactivated", "accounts deactivated"),
    "adopted": ("account recorded", "accounts recorded"),
    "updated": ("account changed", "accounts changed"),
    "created": ("account created, with its API key", "accounts created, each with its API key"),
    "left": (
        "account left alone, because somebody changed it since the plan: plan again",
        "accounts left alone, because somebody changed them since the plan: plan again",
    ),
    "refused": ("object not done, because Keycloak refuses it", "objects not done, because Keycloak refuses them"),
}
"""Field of `Applied` → what one of it is, and several."""


def _words(name: str, count: int) -> str:
    one, several = _WORDS[name]
    return one if count == 1 else several


def _totals(applied: Applied) -> dict[str, int]:
    return {name: applied.counts.get(name, 0) for name in _WORDS}


def _saved_plan(file: Path) -> dict[str, Any]:
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadablePlan(
            f"{file} cannot be read as a plan", remedy="save one with `provision plan --out`"
        ) from error
    if not isinstance(saved, dict) or saved.get("format") != FORMAT or not isinstance(saved.get("checksum"), str):
        raise UnreadablePlan(f"{file} is not a plan of this version", remedy="save one with `provision plan --out`")
    return saved
