"""A plan as Markdown, for a comment on a merge request. Nothing in it acts as markup: names come from the request."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Final

from provisioning.cli.plan.view import summary, verb
from provisioning.lifecycle.comparison.otherwise import REMEDY, Otherwise
from provisioning.planning.changes import AccountChange, UpdateAccount
from provisioning.planning.objects import CreateObject, FieldChange, ObjectChange
from provisioning.planning.plan import Plan
from provisioning.planning.protocol import ProtocolDiff
from provisioning.planning.rights import RightsDiff

_ROWS: Final = 100
"""Rows of a table; a comment that nobody can read helps nobody, and forges cut long ones off."""

_LONGEST: Final = 120
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]()#+\-!|~@])")


def plan_as_markdown(plan: Plan, otherwise: Sequence[Otherwise] = ()) -> str:
    """Write the plan as Markdown: summary first, then what needs a person, then the changes; `otherwise` is what the
    ledger has otherwise.
    """
    lines = [
        "### Provisioning plan",
        "",
        *([] if otherwise and plan.is_in_sync else [_plain(summary(plan))]),
        *(
            f"- **Ledger:** {_plain(one.subject)} differs in {_plain(', '.join(one.fields))}: {REMEDY}"
            for one in otherwise
        ),
        *_asks(plan),
        *_accounts(plan),
        *_objects(plan),
        *_routes(plan.protocol),
        *_rights(plan.rights),
    ]
    lines += ["", f"<sub>plan `{plan.checksum[:12]}`; carried out by `provision apply` after the merge</sub>"]
    return "\n".join(lines)


def _asks(plan: Plan) -> Iterator[str]:
    found = [("Guard", stop.message, stop.remedy) for stop in plan.stops]
    found += [("Refused", f"{refusal.source}: {refusal.message}", refusal.remedy) for refusal in plan.accounts.refusals]
    found += [("Move", move.message, "") for move in plan.moves[:_ROWS]]
    found += [
        ("Staff", f"{name} is named in staff.yaml no more", "access and sessions end") for name in plan.former_staff
    ]
    found += [("Look", attention.message, attention.remedy) for attention in plan.attentions]
    if found:
        yield ""
    for word, message, remedy in found:
        yield f"- **{word}:** {_plain(message)}{f' — {_plain(remedy)}' if remedy else ''}"


def _accounts(plan: Plan) -> Iterator[str]:
    changes = plan.accounts.changes
    if changes:
        yield from ("", "| account | what | field | now | then | from |", "| --- | --- | --- | --- | --- | --- |")
    for change in changes[:_ROWS]:
        yield from _rows(change)
    if len(changes) > _ROWS:
        yield from ("", f"… and {len(changes) - _ROWS} accounts more.")


def _rows(change: AccountChange) -> Iterator[str]:
    desired = change.desired
    place = f"{desired.source.file}:{desired.source.line}"
    if isinstance(change, UpdateAccount):
        for field in change.changes:
            yield _row(desired.image.username, "update", field.field, *_values(field), place)
    else:
        name = desired.image.attributes.get("institution_name", "")
        yield _row(desired.image.username, verb(change), "", "", name, place)


def _objects(plan: Plan) -> Iterator[str]:
    if plan.objects:
        yield from ("", "| realm object | name | field | now | then |", "| --- | --- | --- | --- | --- |")
    rows = [row for change in plan.objects for row in _object_rows(change)]
    yield from rows[:_ROWS]
    if len(rows) > _ROWS:
        yield from ("", f"… and {len(rows) - _ROWS} rows more.")


def _object_rows(change: ObjectChange) -> Iterator[str]:
    kind, name = change.object.type.value, change.object.name
    if isinstance(change, CreateObject):
        yield _row(kind, name, "", "", "new")
    else:
        yield from (_row(kind, name, field.field, *_values(field)) for field in change.changes)


def _routes(protocol: ProtocolDiff) -> Iterator[str]:
    if protocol.is_empty:
        return
    yield from ("", f"Exchange protocol: {_plain(protocol.before or 'none')} → {_plain(protocol.wanted.version)}")
    if protocol.changes:
        yield from ("", "| route | what | right now | right then |", "| --- | --- | --- | --- |")
    for change in protocol.changes[:_ROWS]:
        yield _row(f"{change.method} {change.path}", change.verb, change.before or "", change.after or "")
    if len(protocol.changes) > _ROWS:
        yield from ("", f"… and {len(protocol.changes) - _ROWS} routes more.")


def _rights(rights: RightsDiff) -> Iterator[str]:
    if not rights.is_empty:
        yield from ("", "| rights of | now | then |", "| --- | --- | --- |")
    yield from (_row(" ".join(change.path), *_values(change)) for change in rights.changes[:_ROWS])
    if len(rights.changes) > _ROWS:
        yield from ("", f"… and {len(rights.changes) - _ROWS} more.")


def _values(field: FieldChange) -> tuple[str, str]:
    if field.is_secret:
        return "***", "***"
    return _text(field.before), _text(field.after)


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _row(*cells: str) -> str:
    return f"| {' | '.join(_plain(cell) for cell in cells)} |"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return html.escape(_MARKUP.sub(r"\\\1", " ".join(short.split())), quote=False)
