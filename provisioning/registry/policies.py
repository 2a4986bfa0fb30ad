"""From the shapes of the single files to the model: units become seconds and shares."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from provisioning.model.annexes import AgreementSection, AgreementText, Requirement, TechnicalRequirements
from provisioning.model.configuration import (
    BaseKeyPolicy,
    BruteForcePolicy,
    Contact,
    EventsPolicy,
    ExchangeProtocol,
    GatePolicy,
    Guards,
    Lifetimes,
    Limit,
    MailPolicy,
    PasswordPolicy,
    Rate,
    RealmPolicy,
    Right,
    RightsPolicy,
    Route,
    SecondFactorPolicy,
    StaffMember,
    Staying,
)
from provisioning.model.text import Text
from provisioning.model.upkeep import (
    AccessionPolicy,
    ApiKeyPolicy,
    Approval,
    BulkApproval,
    CutOffPolicy,
    DeactivationPolicy,
    Overdue,
    WatchPolicy,
)
from provisioning.registry.schema.annexes import AgreementFile, RequirementsFile
from provisioning.registry.schema.fields import BothLanguages
from provisioning.registry.schema.policies import ProtocolFile, RightsFile, StaffEntry
from provisioning.registry.schema.realm import (
    BruteForceEntry,
    GateEntry,
    LifetimesEntry,
    LimitEntry,
    RealmFile,
    SupportEntry,
)
from provisioning.registry.schema.upkeep import AccessionEntry, ApiKeyEntry, WatchEntry

_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600


def realm_policy(entry: RealmFile) -> RealmPolicy:
    """Return `realm.yaml` as the model has it."""
    return RealmPolicy(
        display_name=_text(entry.display_name),
        lifetimes=_lifetimes(entry.lifetimes),
        password=PasswordPolicy(**entry.password.model_dump()),
        second_factor=SecondFactorPolicy(
            entry.second_factor.algorithm, entry.second_factor.digits, entry.second_factor.period_seconds
        ),
        brute_force=_brute_force(entry.brute_force),
        mail=MailPolicy(entry.mail.sender, _text(entry.mail.sender_name), entry.mail.reply_to),
        base_key=BaseKeyPolicy(entry.base_key.lifespan_hours),
        api_key=_api_key(entry.api_key),
        cut_off=CutOffPolicy(Approval(entry.cut_off.approval)),
        events=EventsPolicy(entry.events.keep_days),
        guards=Guards(
            creates=_limit(entry.guards.creates),
            updates=_limit(entry.guards.updates),
            deactivations=_limit(entry.guards.deactivations),
            missing=_limit(entry.guards.missing),
            moves=_limit(entry.guards.moves),
            staff=_limit(entry.guards.staff),
        ),
        watch=_watch(entry.watch),
        support=_contact(entry.support),
        gate=gate_policy(entry.gate),
        accession=_accession(entry.accession),
        deactivation=DeactivationPolicy(
            BulkApproval(entry.deactivation.bulk_approval), timedelta(hours=entry.deactivation.proposal_hours)
        ),
        foreign=tuple(Staying(one.type, one.name, one.reason) for one in entry.foreign),
    )


def _contact(entry: SupportEntry) -> Contact:
    return Contact(entry.email, entry.phone, entry.url, None if entry.hours is None else _text(entry.hours))


def gate_policy(entry: GateEntry) -> GatePolicy:
    """Return the section `gate` of `realm.yaml` as the model has it."""
    return GatePolicy(
        ois=Rate(entry.ois.per_second, entry.ois.burst),
        institution=Rate(entry.institution.per_second, entry.institution.burst),
        keep_days=entry.keep_days,
    )


def rights_policy(entry: RightsFile) -> RightsPolicy:
    """Return `rights.yaml` as the model has it."""
    return RightsPolicy(
        rights=tuple(Right(right.name, _text(right.description)) for right in entry.rights),
        kind_names={kind: _text(value.name) for kind, value in entry.kinds.items()},
        of_kind={kind: frozenset(value.rights) for kind, value in entry.kinds.items()},
    )


def exchange_protocol(entry: ProtocolFile) -> ExchangeProtocol:
    """Return `protocol.yaml` as the model has it."""
    return ExchangeProtocol(entry.version, tuple(Route(r.method, r.path, r.right) for r in entry.routes))


def staff_members(entries: Iterable[StaffEntry]) -> tuple[StaffMember, ...]:
    """Return `staff.yaml` as the model has it."""
    return tuple(
        StaffMember(
            username=entry.username,
            email=entry.email,
            first_name=entry.first_name,
            last_name=entry.last_name,
            roles=frozenset(entry.roles),
            active=entry.active,
        )
        for entry in entries
    )


def technical_requirements(entry: RequirementsFile) -> TechnicalRequirements:
    """Return `requirements.yaml` as the model has it."""
    items = tuple(Requirement(r.id, _text(r.text), _text(r.evidence), r.check, r.mandatory) for r in entry.requirements)
    return TechnicalRequirements(entry.version, entry.since, entry.valid_months, items)


def agreement_text(entry: AgreementFile) -> AgreementText:
    """Return one file of `agreement/` as the model has it."""
    sections = tuple(AgreementSection(section.title, tuple(section.paragraphs)) for section in entry.sections)
    return AgreementText(entry.version, entry.since, entry.accede_by, entry.title, sections)


def _text(entry: BothLanguages) -> Text:
    return Text(uk=entry.uk, en=entry.en)


def _limit(entry: LimitEntry) -> Limit:
    return Limit(entry.number, entry.share_percent / 100)


def _lifetimes(entry: LifetimesEntry) -> Lifetimes:
    return Lifetimes(
        access_token_s=entry.access_token_minutes * _MINUTE_S,
        login_s=entry.login_minutes * _MINUTE_S,
        session_idle_s=entry.session_idle_minutes * _MINUTE_S,
        session_max_s=entry.session_max_hours * _HOUR_S,
    )


def _brute_force(entry: BruteForceEntry) -> BruteForcePolicy:
    return BruteForcePolicy(
        max_failures=entry.max_failures,
        wait_increment_s=entry.wait_increment_seconds,
        max_wait_s=entry.max_wait_seconds,
        failure_reset_s=entry.failure_reset_hours * _HOUR_S,
    )


def _api_key(entry: ApiKeyEntry) -> ApiKeyPolicy:
    return ApiKeyPolicy(
        max_age=None if entry.max_age_days is None else timedelta(days=entry.max_age_days),
        warn_before=_days(entry.warn_days_before),
        default_overlap=timedelta(hours=entry.default_overlap_hours),
        max_overlap=timedelta(hours=entry.max_overlap_hours),
    )


def _accession(entry: AccessionEntry) -> AccessionPolicy:
    return AccessionPolicy(_days(entry.remind_days_before), Overdue(entry.overdue))


def _days(numbers: Iterable[int]) -> tuple[timedelta, ...]:
    """The longest first, each once."""
    return tuple(timedelta(days=days) for days in sorted(set(numbers), reverse=True))


def _watch(entry: WatchEntry) -> WatchPolicy:
    return WatchPolicy(
        configuration=_every(entry.configuration_seconds, 1),
        tasks=_every(entry.tasks_seconds, 1),
        mail=_every(entry.mail_seconds, 1),
        convergence=_every(entry.convergence_seconds, 1),
        closing=_every(entry.closing_seconds, 1),
        drift=_every(entry.drift_minutes, _MINUTE_S),
        key_ageing=_every(entry.key_ageing_minutes, _MINUTE_S),
        key_use=_every(entry.key_use_minutes, _MINUTE_S),
        accession=_every(entry.accession_minutes, _MINUTE_S),
        counts=_every(entry.counts_hours, _HOUR_S),
        checkpoint=_every(entry.checkpoint_minutes, _MINUTE_S) or _every(entry.checkpoint_hours, _HOUR_S),
    )


def _every(count: int | None, unit_s: int) -> timedelta | None:
    return None if count is None else timedelta(seconds=count * unit_s)
