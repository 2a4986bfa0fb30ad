"""`provision ois agreement …|conclude|revoke`: the two documents of an OIS (order cl. 6, annexes 1 and 2)."""

from __future__ import annotations

from datetime import datetime

import click

from provisioning.lifecycle.ois import papers
from provisioning.model.ois import ConclusionOutcome, OisRecord

from .console import OUT
from .parts import current_operator, open_parts

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(name="accept")
@click.argument("slug")
@click.option("--version", required=True, help="The version that waits, so that no other is accepted by mistake.")
def accept_agreement(slug: str, version: str) -> None:
    """Accept the signed agreement that waits. `provision ois show SLUG` says which version that is."""
    with open_parts() as parts:
        _show(papers.accept_agreement(current_operator(parts), slug, version))


@click.command(name="return")
@click.argument("slug")
@click.option("--version", required=True, help="The version that waits.")
@click.option("--remarks", required=True, help="What is to be mended; the applicant reads it.")
def return_agreement(slug: str, version: str, remarks: str) -> None:
    """Return the agreement that waits, with remarks. One that is in force stays so."""
    with open_parts() as parts:
        _show(papers.return_agreement(current_operator(parts), slug, version, remarks))


@click.command()
@click.argument("slug")
@click.option("--number", required=True, help="Number of the conclusion.")
@click.option("--outcome", required=True, type=click.Choice([outcome.value for outcome in ConclusionOutcome]))
@click.option("--until", required=True, type=_DAY, help="Its last day.")
@click.option("--requirements", required=True, metavar="VERSION", help="Version of the requirements it went by.")
@click.option("--remarks", help="For the applicant.")
def conclude(slug: str, number: str, outcome: str, until: datetime, requirements: str, remarks: str | None) -> None:
    """Record a conclusion: the first one, or the one that renews it before it runs out.

    A negative one suspends a connected OIS by the same decision; remarks leave a positive one in force.
    """
    conclusion = papers.Conclusion(number, ConclusionOutcome(outcome), until.date(), requirements)
    with open_parts() as parts:
        _show(papers.conclude(current_operator(parts), slug, conclusion, remarks))


@click.command()
@click.argument("slug")
@click.option("--reason", required=True, help="Why; goes into the ledger.")
def revoke(slug: str, reason: str) -> None:
    """Revoke the conclusion in force. A connected OIS is suspended by the same decision."""
    with open_parts() as parts:
        _show(papers.revoke_conclusion(current_operator(parts), slug, reason))


def _show(record: OisRecord) -> None:
    agreement = f"agreement {record.agreement_version or 'none'}"
    outcome = "none" if record.conclusion_outcome is None else record.conclusion_outcome.value
    until = f" until {record.conclusion_until}" if record.conclusion_outcome and record.conclusion_until else ""
    words = f"OIS {record.slug} is {record.state.value}: {agreement}, conclusion {outcome}{until}."
    OUT.print(words, markup=False)
