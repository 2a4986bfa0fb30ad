"""`provision outbox`: mail that waits, was sent, or could not be delivered."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from provisioning.cli.console import OUT, show_json, shown_progress
from provisioning.cli.outbox.bounces import bounces
from provisioning.cli.outbox.mailing import send_waiting_mail, show_sent
from provisioning.cli.parts import open_parts, valid_configuration
from provisioning.model.errors import ExitCode
from provisioning.model.records import Mail, MailState


@click.group()
def outbox() -> None:
    """Mail to institutions and staff: base keys and notices.

    Mail is queued together with the event that causes it and sent by `provision apply`, or here.
    """


@outbox.command()
@click.option("--limit", type=click.IntRange(min=1), help="Send at most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print the totals as JSON.")
@click.pass_context
def send(ctx: click.Context, limit: int | None, as_json: bool) -> None:
    """Send the mail that is due. Exit code 3 when the mail server does not answer; the mail then waits."""
    configuration = valid_configuration()
    with open_parts(opens=True) as parts, shown_progress() as progress:
        sent = send_waiting_mail(parts, configuration, progress, limit)
    if as_json:
        show_json({str(outcome): count for outcome, count in sent.counts.items()})
    else:
        show_sent(sent)
        if not sent.counts and sent.unreachable is None:
            OUT.print("No mail is due.")
    ctx.exit(ExitCode.UNREACHABLE if sent.unreachable else ExitCode.OK)


@outbox.command()
@click.option("--state", type=click.Choice([state.value for state in MailState]), help="Only mail in this state.")
@click.option("--json", "as_json", is_flag=True, help="Print every mail as JSON.")
def status(state: str | None, as_json: bool) -> None:
    """List mail by state: queued, sending, sent, failed. Shows no links: they are not stored."""
    with open_parts() as parts, parts.ledger.reader() as reader:
        mails = reader.mails(MailState(state) if state else None)
    if as_json:
        show_json([_plain(mail) for mail in mails])
        return
    table = Table("account", "mail", "to", "state", "tries", "last error", box=SIMPLE_HEAD)
    for mail in mails:
        error = escape(mail.last_error or "")
        table.add_row(
            mail.subject_account, mail.template, escape(mail.recipient), mail.state, str(mail.attempts), error
        )
    OUT.print(table)
    OUT.print(f"{len(mails)} mails.")


outbox.add_command(bounces)


def _plain(mail: Mail) -> dict[str, object]:
    return {
        name: value if isinstance(value, (str, int, type(None))) else str(value) for name, value in asdict(mail).items()
    }
