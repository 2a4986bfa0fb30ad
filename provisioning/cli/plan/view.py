"""A plan for people: grouped, counted, from what to what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from provisioning.cli.console import OUT
from provisioning.lifecycle.comparison.otherwise import REMEDY, Otherwise
from provisioning.model.calendar import kyiv_clock, kyiv_day
from provisioning.planning.changes import AccountChange, AdoptAccount, CreateAccount, DeactivateAccount, UpdateAccount
from provisioning.planning.leaving import left_to_a_person
from provisioning.planning.objects import CreateObject, FieldChange, ObjectChange
from provisioning.planning.plan import Plan
from provisioning.planning.protocol import ProtocolDiff
from provisioning.planning.rights import RightsDiff

_SHOWN: Final = 40
"""Rows of each kind; the rest is counted. `--json` has them all."""

_FIELDS: Final = 8
"""Fields shown of one object."""

_LONGEST: Final = 60
_MARKS: Final = {"add": "[green]+[/]", "change": "[yellow]~[/]", "remove": "[red]-[/]"}


def show_plan(plan: Plan) -> None:
    """Print the plan: realm, routes, accounts, what is refused, what needs attention, totals."""
    if plan.objects:
        OUT.print(_objects_table(plan.objects))
    if not plan.protocol.is_empty:
        OUT.print(_routes_table(plan.protocol))
    if not plan.rights.is_empty:
        OUT.print(_rights_table(plan.rights))
    if plan.accounts.changes:
        OUT.print(_accounts_table(plan.accounts.changes))
    _show_moves(plan)
    show_asks(plan)
    if plan.unfinished:
        OUT.print(f"{plan.unfinished} actions of an earlier run are not marked done; apply finishes them first.")
    OUT.print(summary(plan))


def show_otherwise(found: Iterable[Otherwise]) -> None:
    """Print what Keycloak has otherwise than the ledger decided: OIS, their operators, what keys open."""
    for one in found:
        OUT.print(f"[yellow]ledger[/]  [bold]{escape(one.subject)}[/] differs in {', '.join(one.fields)}: {REMEDY}")


def summary(plan: Plan) -> str:
    """Return one line of totals."""
    if plan.is_in_sync:
        return nothing_to_change(plan)
    counts = Counter(verb(change) for change in plan.accounts.changes)
    parts = [f"{count} to {word}" for word, count in sorted(counts.items())]
    accounts = f"accounts: {', '.join(parts)}" if parts else "accounts: no change"
    count = len(plan.protocol.changes)
    routes = "" if plan.protocol.is_empty else f"; {count} routes of the exchange protocol"
    rights = "" if plan.rights.is_empty else f"; rights and staff: {len(plan.rights.changes)} entries"
    return f"Plan: {len(plan.objects)} realm objects to change{routes}{rights}; {accounts}; {plan.existing} exist now."


def nothing_to_change(plan: Plan) -> str:
    """Say that nothing is to be done, and what that rests on."""
    rests_on = f"; {compared_in_full(plan.compared_at, datetime.now(UTC))}"
    return f"Nothing to change: {plan.existing} accounts are as the configuration says{rests_on}."


def compared_in_full(moment: datetime | None, now: datetime) -> str:
    """Say when all of Keycloak was last compared: the time in Kyiv, with the day unless it is today."""
    if moment is None:
        return "never compared in full"
    day = "" if kyiv_day(moment) == kyiv_day(now) else f" on {kyiv_day(moment)}"
    return f"compared in full{day} at {kyiv_clock(moment)}"


def _table(*columns: str, title: str) -> Table:
    table = Table("", *columns, title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for column in table.columns:
        column.overflow = "fold"
    return table


def _objects_table(changes: Iterable[ObjectChange]) -> Table:
    table = _table("realm object", "name", "field", "now", "then", title="Realm")
    for change in changes:
        new = isinstance(change, CreateObject)
        mark, name = ("[green]+[/]" if new else "[yellow]~[/]"), escape(change.object.name)
        if new:
            table.add_row(mark, change.object.type.value, name, "", "", "")
            continue
        for position, field in enumerate(change.changes[:_FIELDS]):
            head = (mark, change.object.type.value, name) if position == 0 else ("", "", "")
            table.add_row(*head, escape(field.field), *_values(field))
        if len(change.changes) > _FIELDS:
            table.add_row("", "", "", f"and {len(change.changes) - _FIELDS} fields more", "", "")
    return table


def _routes_table(protocol: ProtocolDiff) -> Table:
    title = f"Exchange protocol {escape(protocol.before or 'none')} → {escape(protocol.wanted.version)}"
    table = _table("route", "right now", "right then", title=title)
    for change in protocol.changes[:_SHOWN]:
        table.add_row(_MARKS[change.verb], f"{change.method} {escape(change.path)}", change.before, change.after)
    if len(protocol.changes) > _SHOWN:
        table.add_row("", f"and {len(protocol.changes) - _SHOWN} more", "", "")
    return table


def _rights_table(rights: RightsDiff) -> Table:
    table = _table("of", "only now", "only then", title="Rights and staff, by the ledger; gate and desk follow at once")
    for change in rights.changes[:_SHOWN]:
        table.add_row("[yellow]~[/]", escape(" ".join(change.path)), *_values(change))
    if len(rights.changes) > _SHOWN:
        table.add_row("", f"and {len(rights.changes) - _SHOWN} more", "", "")
    return table


def _accounts_table(changes: tuple[AccountChange, ...]) -> Table:
    table = _table("account", "what", "now", "then", "from", title="Accounts")
    shown: Counter[str] = Counter()
    for change in changes:
        word = verb(change)
        shown[word] += 1
        if shown[word] <= _SHOWN:
            _add_account(table, change)
    for word, count in shown.items():
        if count > _SHOWN:
            table.add_row("", "…", f"and {count - _SHOWN} more to {word}", "", "", "")
    return table


def _add_account(table: Table, change: AccountChange) -> None:
    username, source = change.desired.image.username, f"{change.desired.source.file}:{change.desired.source.line}"
    match change:
        case CreateAccount():
            name = change.desired.image.attributes.get("institution_name", "")
            state = "" if change.desired.image.enabled else " (deactivated from the start)"
            table.add_row("[green]+[/]", username, f"account and API key{state}", "", escape(_short(name)), source)
        case AdoptAccount():
            table.add_row("[cyan]=[/]", username, "recorded in the ledger", "", "", source)
        case DeactivateAccount():
            why = change.desired.deactivation
            reason = f"{why.reason}, {why.document}" if why else "deactivated in the ledger"
            table.add_row("[red]-[/]", username, "deactivated for good", "live", escape(reason), source)
        case UpdateAccount():
            for position, field in enumerate(change.changes):
                head = ("[yellow]~[/]", username) if position == 0 else ("", "")
                table.add_row(*head, escape(field.field), *_values(field), source if position == 0 else "")


def _show_moves(plan: Plan) -> None:
    for move in plan.moves[:_SHOWN]:
        OUT.print(f"[yellow]move[/]    {escape(move.message)}")
    if len(plan.moves) > _SHOWN:
        OUT.print(f"        and {len(plan.moves) - _SHOWN} moves more")


def show_asks(plan: Plan) -> None:
    """Print what is refused, what needs a person, what a guard stops, and what no file names any more."""
    for refusal in plan.accounts.refusals:
        OUT.print(f"[red]refused[/] {escape(str(refusal.source))}: {escape(refusal.message)}")
        OUT.print(f"        {escape(refusal.remedy)}")
    for attention in plan.attentions:
        OUT.print(f"[yellow]look[/]    {escape(attention.message)}")
        OUT.print(f"        {escape(attention.remedy)}")
    for stop in plan.stops:
        OUT.print(f"[red]guard[/]   {escape(stop.message)}")
        OUT.print(f"        {escape(stop.remedy)}")
    if plan.left:
        OUT.print(f"[yellow]left[/]    {left_to_a_person(plan.left)}")
    if plan.former_staff:
        names = escape(", ".join(plan.former_staff))
        OUT.print(f"[yellow]staff[/]   named in staff.yaml no more, so that access and sessions end: {names}")
    if plan.accounts.unlisted:
        names = ", ".join(plan.accounts.unlisted[:5])
        more = f" and {len(plan.accounts.unlisted) - 5} more" if len(plan.accounts.unlisted) > 5 else ""
        OUT.print(f"In no file any more, left as they are: {names}{more}.")


def verb(change: AccountChange) -> str:
    """Return what happens to an account, in a word."""
    match change:
        case CreateAccount():
            return "create"
        case AdoptAccount():
            return "record"
        case UpdateAccount():
            return "update"
        case DeactivateAccount():
            return "deactivate"


def _values(field: FieldChange) -> tuple[str, str]:
    if field.is_secret:
        return "***", "***"
    if isinstance(field.before, tuple) and isinstance(field.after, tuple):
        return _only(field.before, field.after), _only(field.after, field.before)
    return escape(_short(_text(field.before))), escape(_short(_text(field.after)))


def _only(these: tuple[str, ...], others: tuple[str, ...]) -> str:
    """What one list has and the other lacks; lists of the same things differ in their order."""
    extra = [item for item in these if item not in others]
    if extra:
        return escape(_short(", ".join(extra)))
    return "in another order" if sorted(these) == sorted(others) else ""


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
