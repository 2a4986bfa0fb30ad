"""`provision ois agreement`, `conclude` and `revoke`: the two documents of an OIS (order cl. 6, annexes 1 and 2)."""

from __future__ import annotations

from datetime import date

import click

from provisioning.cli.console import OUT
from provisioning.cli.days import DAY
from provisioning.cli.parts import Parts, current_actor, open_parts, valid_configuration
from provisioning.lifecycle.ois import papers
from provisioning.lifecycle.ois.accession import ask_for_accession
from provisioning.model.annexes import TechnicalRequirements
from provisioning.model.ois import ConclusionOutcome, OisRecord
from provisioning.registry.errors import InvalidConfiguration
from provisioning.registry.onboarding import load_onboarding_configuration


@click.command(name="accept")
@click.argument("slug")
@click.option("--version", required=True, help="The version that waits, so that no other is accepted by mistake.")
def accept_agreement(slug: str, version: str) -> None:
    """Accept the signed agreement that waits. `provision ois show SLUG` says which version that is."""
    with open_parts(opens=True) as parts:
        _show(papers.accept_agreement(current_actor(parts), slug, version))


@click.command(name="return")
@click.argument("slug")
@click.option("--version", required=True, help="The version that waits.")
@click.option("--remarks", required=True, help="What is to be mended; the applicant reads it.")
def return_agreement(slug: str, version: str, remarks: str) -> None:
    """Return the agreement that waits, with remarks. One that is in force stays so."""
    with open_parts() as parts:
        _show(papers.return_agreement(current_actor(parts), slug, version, remarks))


@click.command()
@click.argument("slug")
@click.option("--number", required=True, help="Number of the conclusion.")
@click.option("--outcome", required=True, type=click.Choice([outcome.value for outcome in ConclusionOutcome]))
@click.option("--until", required=True, type=DAY, help="Its last day.")
@click.option("--requirements", required=True, metavar="VERSION", help="The version it went by, to rule out mistakes.")
@click.option("--remarks", help="For the applicant.")
def conclude(slug: str, number: str, outcome: str, until: date, requirements: str, remarks: str | None) -> None:
    """Record a conclusion: the first one, or the one that renews it before it runs out.

    A positive one is refused (exit code 4) while a mandatory requirement is neither met by a check nor marked as met by
    a person; one with remarks lists what is not met. A negative one suspends a connected OIS by the same decision.
    """
    with open_parts(opens=outcome == ConclusionOutcome.POSITIVE) as parts:
        checklist = _requirements(parts, requirements)
        conclusion = papers.Conclusion(number, ConclusionOutcome(outcome), until, checklist)
        _show(papers.conclude(current_actor(parts), slug, conclusion, remarks))


@click.command()
@click.argument("slug")
@click.argument("requirement")
@click.option("--met/--not-met", "passed", required=True, help="What was found.")
@click.option("--note", required=True, help="What shows it; goes into the ledger.")
def judge(slug: str, requirement: str, passed: bool, note: str) -> None:
    """Record what a person found on one requirement. It counts until a check or a person finds otherwise."""
    with open_parts() as parts:
        checklist = load_onboarding_configuration(parts.settings.config_dir).requirements
        if checklist.item(requirement) is None:
            known = ", ".join(item.id for item in checklist.items)
            raise click.BadParameter(f"there is no requirement {requirement}; there are {known}")
        evidence = papers.Evidence(requirement, checklist.version, passed, {"note": note})
        papers.record_evidence(current_actor(parts), slug, evidence)
    OUT.print(f"OIS {slug}: {requirement} is {'met' if passed else 'not met'}.", markup=False)


@click.command()
@click.argument("slug")
@click.option("--reason", required=True, help="Why; goes into the ledger.")
def revoke(slug: str, reason: str) -> None:
    """Revoke the conclusion in force. A connected OIS is suspended by the same decision."""
    with open_parts() as parts:
        _show(papers.revoke_conclusion(current_actor(parts), slug, reason))


def _requirements(parts: Parts, version: str) -> TechnicalRequirements:
    """The checklist in force. Raises InvalidConfiguration when that is another version than the caller means."""
    found = load_onboarding_configuration(parts.settings.config_dir).requirements
    if found.version != version:
        raise InvalidConfiguration(
            f"version {found.version} of the requirements is in force, not {version}",
            remedy="look at what changed, check the OIS by it, and conclude by the version in force",
        )
    return found


@click.command()
def accession() -> None:
    """Ask connected OIS to accede to the version of the agreement in force, as `provision watch` does by itself.

    Each gets one mail, and another ahead of the last day; after it those that have not acceded are suspended, unless
    `accession.overdue` in realm.yaml says otherwise.
    """
    configuration = valid_configuration()
    with open_parts() as parts:
        done = ask_for_accession(current_actor(parts), configuration.agreements, configuration.realm.accession)
    if done.text is None or not done.waiting:
        OUT.print("No OIS has to accede to anything.")
        return
    for record in done.waiting:
        state = "suspended now" if record in done.suspended else record.state.value
        words = f"OIS {record.slug} ({state}): version {done.text.version} by {done.text.accede_by},"
        OUT.print(f"{words} has {record.agreement_version}.", markup=False)


def _show(record: OisRecord) -> None:
    agreement = f"agreement {record.agreement_version or 'none'}"
    outcome = "none" if record.conclusion_outcome is None else record.conclusion_outcome.value
    until = f" until {record.conclusion_until}" if record.conclusion_outcome and record.conclusion_until else ""
    words = f"OIS {record.slug} is {record.state.value}: {agreement}, conclusion {outcome}{until}."
    OUT.print(words, markup=False)
