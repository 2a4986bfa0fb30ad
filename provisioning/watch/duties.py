"""The duties by name, in lanes: the two that are prompt, each by itself, the one that closes what was widened, those
that read everything and may take minutes, and those that prove the ledger and wait for neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger.operational.access_keeping import keep_counts
from provisioning.ledger.queries.mails import waiting_mails
from provisioning.lifecycle.accounts.guessing import look_for_guessing
from provisioning.lifecycle.applying.drift import find_drift
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.failing import named
from provisioning.lifecycle.keys.ageing import age_keys
from provisioning.lifecycle.keys.key_use import note_key_use
from provisioning.lifecycle.keys.rotation import retire_due
from provisioning.lifecycle.mail.outbox import send_outbox, undelivered
from provisioning.lifecycle.ois.accession import ask_for_accession
from provisioning.lifecycle.tasks.attempting import failures_on_record
from provisioning.lifecycle.tasks.carrying_out import resume
from provisioning.model.events import JsonValue
from provisioning.watch.closing import Closing
from provisioning.watch.content import pull
from provisioning.watch.duty import NOTHING, Duty, DutyResult
from provisioning.watch.following import Following
from provisioning.watch.leadership import Leadership, StoppableProgress
from provisioning.watch.proof import Proof

COMPARISON_EVERY: Final = timedelta(seconds=30)
"""A stored verdict that no event stands behind is an alarm within a minute, so this is no setting."""

VERIFICATION_EVERY: Final = timedelta(hours=24)

PROMPT = ("tasks", "mail")
GUARDING = ("closing",)
THOROUGH = (
    *("pull", "configuration", "convergence", "key-ageing", "accession", "key-use"),
    *("guessing", "counts", "drift", "verification"),
)
PROVING = ("comparison", "checkpoint")
NAMES = (*PROMPT, *GUARDING, *THOROUGH, *PROVING)
"""Every duty, in the order in which a lane begins them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Options of this process: whether to bring a git work tree forward, and which duties to leave out.

    `finishing`: only the duties that finish what is recorded, beside another process that may do all of them.
    """

    pulls: bool = False
    without: Collection[str] = ()
    finishing: bool = False


def lanes(leadership: Leadership, choice: Choice) -> tuple[Sequence[Duty], ...]:
    """Return the duties of each lane. Raises SettingsError when a setting is missing that all of them need."""
    thorough = _thorough(leadership, KeycloakConnection.from_settings(leadership.settings))
    closing = Closing(leadership, KeycloakConnection.from_settings(leadership.settings))
    guarding = (Duty("closing", lambda policy: policy.closing, leadership.trusted(closing.look)),)
    left_out = {*choice.without} | (set() if choice.pulls else {"pull"})
    if choice.finishing:
        left_out |= {*NAMES} - {*PROMPT}
    every = (thorough, guarding, _proving(leadership), *_prompt(leadership))
    return tuple(kept for lane in every if (kept := tuple(duty for duty in lane if duty.name not in left_out)))


def _proving(leadership: Leadership) -> Sequence[Duty]:
    proof = Proof(leadership)
    return (
        Duty("comparison", lambda _: COMPARISON_EVERY, proof.compare),
        Duty("checkpoint", lambda policy: policy.checkpoint, proof.checkpoint),
    )


def _prompt(leadership: Leadership) -> Iterator[Sequence[Duty]]:
    """A lane for each: a bulk of mail holds up nothing that ends access."""
    finishing, sending = (KeycloakConnection.from_settings(leadership.settings) for _ in range(2))
    tasks, mail = (lambda: _tasks(leadership, finishing)), (lambda: _mail(leadership, sending))
    yield (Duty("tasks", lambda policy: policy.tasks, leadership.trusted(tasks), lambda reader: reader.head()[0]),)
    yield (Duty("mail", lambda policy: policy.mail, leadership.trusted(mail), waiting_mails),)


def _thorough(leadership: Leadership, connection: KeycloakConnection) -> Sequence[Duty]:
    following = Following(leadership, connection)
    return (
        Duty("pull", lambda policy: policy.configuration, lambda: _pull(leadership)),
        Duty("configuration", lambda policy: policy.configuration, leadership.trusted(following.look)),
        Duty(
            "convergence",
            lambda policy: policy.convergence,
            leadership.trusted(lambda: _converge(leadership, connection)),
        ),
        Duty("key-ageing", lambda policy: policy.key_ageing, leadership.trusted(lambda: _age(leadership, connection))),
        Duty(
            "accession", lambda policy: policy.accession, leadership.trusted(lambda: _accession(leadership, connection))
        ),
        Duty("key-use", lambda policy: policy.key_use, lambda: _key_use(leadership, connection)),
        Duty("guessing", lambda policy: policy.convergence, lambda: _guessing(leadership, connection)),
        Duty("counts", lambda policy: policy.counts, lambda: keep_access_counts(leadership)),
        Duty("drift", lambda policy: policy.drift, lambda: _drift(leadership, connection)),
        Duty("verification", lambda _: VERIFICATION_EVERY, Proof(leadership).verify),
    )


def _tasks(leadership: Leadership, connection: KeycloakConnection) -> DutyResult:
    """End the keys whose time has come, and carry out in Keycloak what anybody recorded."""
    actor = leadership.actor(connection)
    retired = retire_due(actor)
    finished = resume(actor).done
    with leadership.ledger.reader() as reader:
        refused = failures_on_record(reader)
    attention = f"Keycloak refuses {len(refused)} recorded actions: {named(refused)}" if refused else None
    return DutyResult(_result_of({"finished": finished, "retired": len(retired)}).facts, attention)


def _mail(leadership: Leadership, connection: KeycloakConnection) -> DutyResult:
    if leadership.configuration is None:
        return DutyResult(attention="mail waits: there is no valid configuration that says whom it comes from")
    if leadership.is_being_applied():
        return NOTHING  # It sends its mail itself, and says how much.
    sent = send_outbox(leadership.workshop(connection, leadership.configuration))
    if sent.unreachable is not None:
        raise sent.unreachable
    with leadership.ledger.reader() as reader:
        failed = len(undelivered(reader))
    attention = f"{failed} base keys did not arrive; see `provision outbox status --state failed`" if failed else None
    return DutyResult(_result_of({str(fate): count for fate, count in sorted(sent.counts.items())}).facts, attention)


def _pull(leadership: Leadership) -> DutyResult:
    commit = pull(leadership.folder)
    return NOTHING if commit is None else DutyResult({"commit": commit[:12]})


def _converge(leadership: Leadership, connection: KeycloakConnection) -> DutyResult:
    done = converge(leadership.actor(connection))
    facts = {"finished": done.finished, "activated": done.activated, "retired": done.retired}
    facts |= {"closed": len(done.findings), "alarms": len(done.alarms)}
    subjects: list[JsonValue] = [f"{finding.subject}: {finding.wrong.value}" for finding in done.alarms]
    result = _result_of(facts)
    with leadership.ledger.reader() as reader:
        refused = [f"{found.subject} (event {found.seq})" for found in reader.all_unreadable().values()]
    attention = f"events cannot be read, so nothing opens for {', '.join(refused)}; see `provision ledger verify`"
    named = {**result.facts, "alarm": subjects} if subjects else result.facts
    return DutyResult(named, attention if refused else result.attention)


def _age(leadership: Leadership, connection: KeycloakConnection) -> DutyResult:
    """Plan the end of keys that grow old, and tell their owners ahead."""
    if leadership.configuration is None:
        return NOTHING
    done = age_keys(leadership.actor(connection), leadership.configuration.realm.api_key)
    return _result_of({"planned": done.planned, "warned": done.warned})


def _accession(leadership: Leadership, connection: KeycloakConnection) -> DutyResult:
    """Tell OIS of a new version of the agreement, remind them, and suspend those that let the day pass."""
    if leadership.configuration is None:
        return NOTHING
    configuration = leadership.configuration
    done = ask_for_accession(leadership.actor(connection), configuration.agreements, configuration.realm.accession)
    return _result_of({"waiting": len(done.waiting), "suspended": len(done.suspended)})


def _key_use(leadership: Leadership, connection: KeycloakConnection) -> DutyResult:
    return _result_of({"keys": note_key_use(leadership.actor(connection))})


def _guessing(leadership: Leadership, connection: KeycloakConnection) -> DutyResult:
    found = look_for_guessing(leadership.actor(connection))
    return DutyResult({"names": found.names}, found.sentence) if found.is_alarming else NOTHING


def keep_access_counts(leadership: Leadership) -> DutyResult:
    """Delete counts of who reached whose data once they are older than `gate.keep_days`."""
    if leadership.configuration is None:
        return NOTHING
    keep = timedelta(days=leadership.configuration.realm.gate.keep_days)
    done = keep_counts(leadership.ledger, leadership.ledger.clock(), keep)
    return _result_of({"months-made": done.made, "months-dropped": done.dropped, "rows-deleted": done.deleted})


def _drift(leadership: Leadership, connection: KeycloakConnection) -> DutyResult:
    """Look only: what was changed by hand is put right by the next apply, which a person or a commit begins."""
    if leadership.configuration is None:
        return NOTHING
    found = find_drift(
        leadership.configuration, leadership.settings, connection, leadership.ledger, StoppableProgress(leadership.stop)
    )
    if found.is_in_sync:
        return NOTHING
    managed = len(found.plan.objects) + len(found.plan.accounts.changes) + len(found.plan.accounts.refusals)
    managed += (not found.plan.protocol.is_empty) + (not found.plan.rights.is_empty)
    managed += len(found.plan.staff_attentions)
    foreign = ", ".join(f"{thing.type} {thing.name}" for thing in found.foreign[:3])
    managed += len(found.otherwise)
    words = f"{managed} managed differences and {len(found.foreign)} foreign objects"
    return DutyResult(attention=f"{words}{f' ({foreign}, …)' if foreign else ''}; see `provision drift`")


def _result_of(counts: dict[str, int]) -> DutyResult:
    return DutyResult({name: count for name, count in counts.items() if count})
