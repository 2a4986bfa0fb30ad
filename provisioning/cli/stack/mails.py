"""`provision stack mails`: what the mail catcher holds."""

from __future__ import annotations

import click
from rich.table import Table

from provisioning.cli.console import OUT, tell
from provisioning.stack.mail_store import CaughtMail, MailStore
from provisioning.stack.paths import StackPaths


@click.group(invoke_without_command=True)
@click.option(
    "-n", "--last", type=click.IntRange(1), default=20, show_default=True, help="How many, counted from the end."
)
@click.pass_context
def mails(context: click.Context, last: int) -> None:
    """List caught mails, numbered from the oldest; the newest are shown."""
    if context.invoked_subcommand is not None:
        return
    caught = _caught()
    if not caught:
        tell("no mail yet: `provision apply` queues it and `provision outbox send` sends it")
        return
    table = Table("no.", "caught (UTC)", "to", "subject", "deliveries")
    for number, mail in list(enumerate(caught, start=1))[-last:]:
        time = f"{mail.caught_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(str(number), time, ", ".join(mail.recipients), mail.subject, str(mail.deliveries))
    OUT.print(table)
    tell(f"{len(caught)} in all; read one: `provision stack mails show {len(caught)}`")


@mails.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--raw", is_flag=True, help="The whole mail as it was sent.")
def show(number: int, raw: bool) -> None:
    """Show one mail, with its one-time link: that is what the catcher is for."""
    caught = _caught()
    if number > len(caught):
        raise click.BadParameter(f"there are {len(caught)} mails", param_hint="NUMBER")
    mail = caught[number - 1]
    if raw:
        click.echo(mail.message.as_string())
        return
    for name in ("From", "To", "Subject", "Date", "Message-ID"):
        click.echo(f"{name}: {mail.message[name] or ''}")
    click.echo(f"\n{mail.text}")


def _caught() -> tuple[CaughtMail, ...]:
    return MailStore(StackPaths.of().mail).all()
