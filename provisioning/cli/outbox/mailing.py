"""Sending mail as a part of other commands, and what to say about it."""

from __future__ import annotations

from provisioning.cli.console import OUT
from provisioning.cli.parts import Parts, current_actor
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.lifecycle.mail.outbox import Sent, send_outbox
from provisioning.lifecycle.progress import Progress
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.configuration import Configuration


def send_waiting_mail(parts: Parts, configuration: Configuration, progress: Progress, limit: int | None = None) -> Sent:
    """Send what is due. A mail server that does not answer is in the result, not raised: the mail waits."""
    context = RealmContext(configuration, parts.settings)
    return send_outbox(Workshop(current_actor(parts, progress), context), limit)


def show_sent(sent: Sent) -> None:
    """Show one line of totals and, where mail waits, why."""
    if sent.counts:
        OUT.print("Mail: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(sent.counts.items())) + ".")
    if sent.unreachable is not None:
        OUT.print(f"[yellow]Mail waits:[/] {sent.unreachable.message}. {sent.unreachable.remedy}.")
