"""`provision mandates agree|grant-below`: an authority gives mandates for institutions that agreed (order cl. 3, 5)."""

from __future__ import annotations

from datetime import date
from typing import Final

import click

from provisioning.cli.console import OUT
from provisioning.cli.days import DAY
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.mandates.agreeing import set_authority_grants
from provisioning.lifecycle.mandates.by_authority import Outlook, Preview, grant_below, preview
from provisioning.lifecycle.mandates.granting import Contract
from provisioning.lifecycle.tasks.carrying_out import carry_out

_WORDS: Final = {
    Outlook.GETS: "would get a mandate",
    Outlook.NOT_AGREED: "have not agreed",
    Outlook.HAS_ONE: "have one already",
    Outlook.NO_KEY: "have no live API key",
}


@click.command()
@click.argument("name", metavar="ID")
@click.argument("state", type=click.Choice(["on", "off"]))
@click.option("--reason", help="Why; goes into the ledger.")
def agree(name: str, state: str, reason: str | None) -> None:
    """Note that an authority may give mandates for this account, or no longer. Off until switched on.

    The account does it in its portal; this is for one that asks on paper. Mandates given before stand.
    """
    with open_parts(opens=state == "on") as parts:
        account = set_authority_grants(current_actor(parts), name, state == "on", reason)
    OUT.print(f"An authority may{'' if account.authority_grants else ' not'} give mandates for {account.username}.")


@click.command(name="grant-below")
@click.argument("authority", metavar="AUTHORITY")
@click.argument("ois", metavar="SLUG")
@click.option("--contract", help="Number of the contract; without it only the preview is shown.")
@click.option("--date", "signed", type=DAY, help="Its date.")
@click.option("--until", type=DAY, help="The mandates' last day; none if not given.")
@click.option("--right", "rights", metavar="RIGHT", multiple=True, help="Allow this; all that the OIS has if none.")
@click.option("--expect", metavar="MARK", help="The mark that the preview printed: it stands for just those names.")
def grant_all_below(
    authority: str,
    ois: str,
    contract: str | None,
    signed: date | None,
    until: date | None,
    rights: tuple[str, ...],
    expect: str | None,
) -> None:
    """Let an OIS work for every institution below AUTHORITY that has agreed to that, under one contract.

    Without --contract it shows who would get a mandate and who would not, and changes nothing. Each mandate allows what
    institution, OIS and --right have in common; each institution gets a mail and may withdraw it.
    """
    with open_parts(opens=expect is not None) as parts:
        actor = current_actor(parts)
        if contract is None or signed is None or expect is None:
            with parts.ledger.reader() as reader:
                _show(preview(reader, actor.today(), authority, ois))
            return
        rests_on = Contract(contract, signed, until)
        done = grant_below(actor, authority, ois, rests_on, rights or None, expect)
        OUT.print(f"{len(done.mandates)} mandates are granted, {len(done.left_out)} accounts have no right in common.")
        carry_out(actor, done.tasks, f"{len(done.mandates)} mandates are granted")


def _show(seen: Preview) -> None:
    for outlook, words in _WORDS.items():
        found = seen.having(outlook)
        OUT.print(f"{len(found)} {words}{':' if found else '.'}")
        for account in found:
            OUT.print(f"    {account.username}  {account.name}", markup=False)
    if seen.having(Outlook.GETS):
        OUT.print(f"To give them: add --contract NUMBER --date DAY --expect {seen.mark}.")
