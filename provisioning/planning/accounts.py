"""Difference between accounts as they should be, as Keycloak has them, and as the ledger judges them. Pure.

The truth table. `desired` comes from YAML, the verdict from the ledger, the rest is Keycloak. Dead = deactivated.

    desired   ledger    Keycloak          decision
    alive     dead      any               Refuse      (order cl. 11; an authority needs a recorded decision),
                                          and Deactivate again when something of it is live
    alive     any       absent            Create      (account and API key in one transaction, order cl. 4)
    alive     alive     enabled           Update when a field differs
    alive     alive     disabled          Attention   (never re-enabled by an apply: it was stopped by hand)
    alive     unknown   enabled, ours     Adopt       (the ledger learns of it)
    alive     unknown   disabled, ours    Refuse      (it may be a deactivated account whose record was lost)
    dead      alive     any               Deactivate
    dead      unknown   absent            Create, born dead, so that its names stay taken
    dead      unknown   ours              Adopt, then Deactivate
    dead      dead      enabled           Deactivate  (again, with an alarm)
    dead      dead      disabled          nothing; the account is frozen as it was
    dead      dead      absent            Create, born dead
    any       any       not ours          Refuse      (a foreign object has our name)
    any       unknown   any               Refuse      when the record contradicts it (`recorded`)
    absent    not dead  ours, or known    Unlisted    (nothing is deleted; the guard `missing` counts it)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from provisioning.model.identifiers import Username
from provisioning.planning.changes import (
    AccountChange,
    AccountDiff,
    AccountImage,
    AdoptAccount,
    Attention,
    CreateAccount,
    DeactivateAccount,
    DesiredAccount,
    KeyImage,
    Refusal,
    UpdateAccount,
    Verdict,
)
from provisioning.planning.objects import FieldChange, Value
from provisioning.planning.recorded import AGREED, Contradictions
from provisioning.planning.refusals import key_stopped_by_hand, lost_record, name_taken, never_again, stopped_by_hand

Altered = Mapping[Username, tuple[FieldChange, ...]]
"""Fields of an account that differ beyond those of its image."""

_Decision = AccountChange | Refusal | Attention


def diff_accounts(
    desired: Iterable[DesiredAccount],
    actual: Mapping[Username, AccountImage],
    verdicts: Mapping[Username, Verdict],
    settled: Collection[Username] = (),
    refused: Contradictions = AGREED,
    altered: Altered | None = None,
) -> AccountDiff:
    """Apply the truth table above to every account; sorted by username, so that two runs say the same.

    `settled` are desired accounts too, known to need nothing and therefore not among the others. `refused` is what the
    record contradicts: accounts that the ledger does not know are then neither made nor taken over. `altered`
    are fields that differ beyond those of images, by account.
    """
    changes: list[AccountChange] = []
    refusals: list[Refusal] = list(refused.differing)
    attentions: list[Attention] = []
    named: set[str] = set(settled)
    for wanted in sorted(desired, key=lambda d: d.image.username):
        username = wanted.image.username
        named.add(username)
        found, verdict = actual.get(username), verdicts.get(username, Verdict.UNKNOWN)
        fields = (altered or {}).get(username, ())
        withheld = refused.withheld.get(username) if verdict is Verdict.UNKNOWN else None
        for decision in _decisions(wanted, found, verdict, fields) if withheld is None else [withheld]:
            match decision:
                case Refusal():
                    refusals.append(decision)
                case Attention():
                    attentions.append(decision)
                case _:
                    changes.append(decision)
    ours = {name for name, image in actual.items() if image.ours} | set(verdicts)
    unlisted = tuple(sorted(name for name in ours - named if verdicts.get(name) is not Verdict.DEAD))
    return AccountDiff(tuple(changes), tuple(refusals), tuple(attentions), unlisted)


def _decisions(
    wanted: DesiredAccount, found: AccountImage | None, verdict: Verdict, altered: tuple[FieldChange, ...]
) -> list[_Decision]:
    if found is not None and not found.ours:
        return [name_taken(wanted)]
    if wanted.deactivation is None:
        return _decisions_alive(wanted, found, verdict, altered)
    return _decisions_dead(wanted, found, verdict)


def _decisions_alive(
    wanted: DesiredAccount, found: AccountImage | None, verdict: Verdict, altered: tuple[FieldChange, ...]
) -> list[_Decision]:
    if verdict is Verdict.DEAD:
        closed = found is None or not is_live(found)
        return [never_again(wanted)] if closed else [never_again(wanted), DeactivateAccount(wanted, again=True)]
    if found is None or not found.has_user:
        # Keys that are left of an account are kept: only what is missing of it is made again.
        return [CreateAccount(wanted, known=verdict is Verdict.ALIVE)]
    if not found.enabled:
        return [lost_record(wanted)] if verdict is Verdict.UNKNOWN else [stopped_by_hand(wanted)]
    decisions: list[_Decision] = []
    if verdict is Verdict.UNKNOWN:
        decisions.append(AdoptAccount(wanted))
    if fields := diff_image(wanted.image, found, altered):
        decisions.append(UpdateAccount(wanted, fields))
    return [*decisions, *_stopped_keys(wanted.image, found)]


def _decisions_dead(wanted: DesiredAccount, found: AccountImage | None, verdict: Verdict) -> list[_Decision]:
    if found is None:
        decisions: list[_Decision] = [CreateAccount(wanted, known=verdict is not Verdict.UNKNOWN)]
        return [*decisions, DeactivateAccount(wanted, again=False)] if verdict is Verdict.ALIVE else decisions
    match verdict:
        case Verdict.UNKNOWN:
            return [AdoptAccount(wanted), DeactivateAccount(wanted, again=False)]
        case Verdict.ALIVE:
            return [DeactivateAccount(wanted, again=False)]
        case Verdict.DEAD:
            return [DeactivateAccount(wanted, again=True)] if is_live(found) else []


def is_live(image: AccountImage) -> bool:
    """Return whether the account's login, a key's client or a key's service account is enabled."""
    return image.enabled or any(key.enabled or key.service_enabled for key in image.keys)


def diff_image(
    desired: AccountImage, actual: AccountImage, altered: Iterable[FieldChange] = ()
) -> tuple[FieldChange, ...]:
    """Compare two images of an account field by field, keys included, and add the `altered` fields beyond images. A key
    that only Keycloak has is left to `drift`.
    """
    changes = [*altered, *_changed(("email",), desired.email, actual.email)]
    changes += _diff_attributes((), desired.attributes, actual.attributes)
    existing = {key.client_id: key for key in actual.keys}
    for key in desired.keys:
        found = existing.get(key.client_id)
        prefix = (key.client_id,)
        if found is None:
            # One that is over and does not exist opens nothing.
            changes += [FieldChange((*prefix, "client"), None, "present")] if key.enabled else []
            continue
        changes += _disabled((*prefix, "enabled"), key.enabled, found.enabled)
        if not found.has_service:
            changes.append(FieldChange((*prefix, "service account"), None, "present"))
            continue
        changes += _disabled((*prefix, "service account enabled"), key.service_enabled, found.service_enabled)
        changes += _diff_attributes(prefix, key.attributes, found.attributes)
        changes += _changed((*prefix, "roles"), tuple(sorted(key.roles)), tuple(sorted(found.roles)))
        changes += _changed((*prefix, "rights"), tuple(sorted(key.rights)), tuple(sorted(found.rights)))
    return tuple(sorted(changes, key=lambda change: change.path))


def _stopped_keys(desired: AccountImage, actual: AccountImage) -> list[_Decision]:
    live = {key.client_id for key in desired.keys if key.enabled}
    stopped = (key for key in actual.keys if key.client_id in live and _is_stopped(key))
    return [key_stopped_by_hand(key.client_id) for key in stopped]


def _is_stopped(key: KeyImage) -> bool:
    """Whether somebody disabled the key; a service account that is missing is made again, and is no such sign."""
    return not key.enabled or (key.has_service and not key.service_enabled)


def _diff_attributes(
    prefix: tuple[str, ...], desired: Mapping[str, str], actual: Mapping[str, str]
) -> list[FieldChange]:
    names = sorted(desired.keys() | actual.keys())
    return [
        FieldChange((*prefix, "attributes", name), actual.get(name), desired.get(name))
        for name in names
        if actual.get(name) != desired.get(name)
    ]


def _changed(path: tuple[str, ...], desired: Value, actual: Value) -> list[FieldChange]:
    return [] if desired == actual else [FieldChange(path, actual, desired)]


def _disabled(path: tuple[str, ...], desired: bool, actual: bool) -> list[FieldChange]:
    """Only ever from enabled to disabled: an apply never opens what somebody closed."""
    return [FieldChange(path, actual, desired)] if actual and not desired else []
