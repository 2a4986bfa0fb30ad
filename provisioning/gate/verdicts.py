"""Verdicts of the ledger as the gate needs them: a few words for each account, key, OIS and mandate.

Owns how records become verdicts, and a store of them that stays small: 100,000 accounts take tens of megabytes. Filling
it from the ledger and keeping it fresh is left to its owner. Readers need no lock: each verdict is replaced whole.

What has ended stays ended here whatever a later record says, so that a row changed in the database opens nothing on a
node that has seen the end. The only way back is an event that reinstates an authority's account. Source: order cl. 11;
docs/security.md row 47.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from provisioning.model.identifiers import ClientId, InstitutionId, Username
from provisioning.model.ois import (
    MandateRecord,
    MandateState,
    OisRecord,
    OisState,
    Slug,
    ois_client_id,
    parse_mandate_id,
    parse_ois_client_id,
)
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState
from provisioning.model.rights import RightsInForce
from provisioning.model.sphere import SpherePath
from provisioning.model.unreadable import UnreadableRecord


@dataclass(frozen=True, slots=True)
class AccountVerdict:
    """Verdict on an account generation. `sphere` is the ledger's; only the institution itself where it knows none."""

    institution: InstitutionId
    sphere: SpherePath
    is_authority: bool
    is_deactivated: bool
    direct_use: bool
    kind: str


@dataclass(frozen=True, slots=True)
class KeyVerdict:
    """Verdict on an API key. `ends_at` is the planned end of a rotation's overlap, after which it opens nothing."""

    state: ApiKeyState
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OisVerdict:
    """Verdict on an OIS. `until` is the last day on which it has both documents, None when it lacks one;
    `proof_required` says that only tokens that are bound to its key count. Source: order cl. 6.
    """

    state: OisState
    rights: frozenset[str]
    until: date | None
    proof_required: bool = False


@dataclass(frozen=True, slots=True)
class MandateVerdict:
    """The newest mandate of an account for an OIS, by its number. `until` is its last day, None for no end."""

    is_withdrawn: bool
    rights: frozenset[str]
    until: date | None
    number: int


_KEYS: Final = {state: KeyVerdict(state) for state in ApiKeyState}
"""Keys without a planned end are all alike, so they share these."""


class Verdicts:
    """The verdicts by name. `seq` is the number of the last event that they take in."""

    def __init__(self) -> None:
        self.contradicted: Final[set[str]] = set()
        """Names of what has ended and of which a later record said that it has not; refused all the same."""
        self.rights = RightsInForce()
        self.accounts: Final[dict[Username, AccountVerdict]] = {}
        self.keys: Final[dict[ClientId, KeyVerdict]] = {}
        self.ois: Final[dict[Slug, OisVerdict]] = {}
        self.mandates: Final[dict[tuple[Username, Slug], MandateVerdict]] = {}
        self.unreadable: Final[set[str]] = set()
        self.differing: frozenset[str] = frozenset()
        """Names of which the stored state is not what the events say; replaced whole."""
        self.spheres: Final[dict[InstitutionId, SpherePath]] = {}
        self._generations: Final[dict[InstitutionId, int]] = {}
        self._kinds: Final[dict[str, str]] = {}
        self._rights: Final[dict[frozenset[str], frozenset[str]]] = {}

    def take_accounts(self, records: Iterable[AccountRecord], reinstated: Collection[str] = ()) -> None:
        """Take in accounts. An institution's sphere is that of its newest generation.

        `reinstated` names those that an event opened again since the records before; no other deactivated one returns,
        and of these only an authority's.
        """
        for record in records:
            known, sphere = self.accounts.get(record.username), _sphere(record)
            is_over = record.state is AccountState.DEACTIVATED
            may_return = known is not None and known.is_authority and record.username in reinstated
            was_over = known is not None and known.is_deactivated and not may_return
            if self._contradicts(record.username, was_over, is_over):
                continue
            self.accounts[record.username] = AccountVerdict(
                institution=record.institution_id,
                sphere=sphere,
                # No event makes an authority of an institution, and only an authority ever returns.
                is_authority=record.is_authority if known is None else known.is_authority,
                is_deactivated=is_over,
                direct_use=record.direct_use,
                kind=self._kinds.setdefault(record.kind, record.kind),
            )
            if record.generation >= self._generations.get(record.institution_id, 1):
                self.spheres[record.institution_id] = sphere
                if record.generation > 1:
                    self._generations[record.institution_id] = record.generation

    def take_keys(self, records: Iterable[ApiKeyRecord]) -> None:
        """Take in API keys."""
        for record in records:
            known = self.keys.get(record.client_id)
            was_over = known is not None and known.state.is_over
            if self._contradicts(record.client_id, was_over, record.state.is_over):
                continue
            plain = record.ends_at is None
            self.keys[record.client_id] = _KEYS[record.state] if plain else KeyVerdict(record.state, record.ends_at)

    def take_ois(self, records: Iterable[OisRecord]) -> None:
        """Take in OIS."""
        for record in records:
            known = self.ois.get(record.slug)
            was_over = known is not None and known.state.is_over
            if self._contradicts(ois_client_id(record.slug), was_over, record.state.is_over):
                continue
            documents = record.conclusion_until is not None and record.is_sound(record.conclusion_until)
            until = record.conclusion_until if documents else None
            rights = self._shared(record.rights)
            self.ois[record.slug] = OisVerdict(record.state, rights, until, record.proof_required)

    def take_mandates(self, records: Iterable[MandateRecord]) -> None:
        """Take in mandates; of an account's mandates for one OIS the newest counts."""
        for record in records:
            name = (record.username, record.ois)
            known = self.mandates.get(name)
            parsed = parse_mandate_id(record.id)
            number = 0 if parsed is None else parsed[2]
            withdrawn = record.state is not MandateState.GRANTED
            was_over = known is not None and known.is_withdrawn and number == known.number
            if not self._contradicts(record.id, was_over, withdrawn) and (known is None or number >= known.number):
                self.mandates[name] = MandateVerdict(withdrawn, self._shared(record.rights), record.until, number)

    def take_rights(self, rights: RightsInForce) -> None:
        """Take in the rights that are in force by the record."""
        self.rights = rights

    def take_unreadable(self, records: Iterable[UnreadableRecord]) -> None:
        """Take in subjects of which an event cannot be read."""
        self.unreadable.update(record.subject for record in records)

    def forget(self, names: Iterable[str]) -> None:
        """Forget accounts, keys, OIS (by client id) and mandates, so that they are taken in anew; ends are kept."""
        for name in names:
            account, key = self.accounts.get(Username(name)), self.keys.get(ClientId(name))
            slug, mandate = parse_ois_client_id(name), parse_mandate_id(name)
            ois = None if slug is None else self.ois.get(slug)
            known = None if mandate is None else self.mandates.get(mandate[:2])
            if account is not None and not account.is_deactivated:
                del self.accounts[Username(name)]
            if key is not None and not key.state.is_over:
                del self.keys[ClientId(name)]
            if slug is not None and ois is not None and not ois.state.is_over:
                del self.ois[slug]
            if mandate is not None and known is not None and known.number == mandate[2] and not known.is_withdrawn:
                del self.mandates[mandate[:2]]
            self.unreadable.discard(name)

    def _contradicts(self, name: str, was_over: bool, is_over: bool) -> bool:
        """Return whether a record calls alive what has ended, and note it while that is so."""
        if was_over and not is_over:
            self.contradicted.add(name)
            return True
        self.contradicted.discard(name)
        return False

    def _shared(self, rights: Iterable[str]) -> frozenset[str]:
        """The same set of rights is held once, however many mandates have it."""
        found = frozenset(rights)
        return self._rights.setdefault(found, found)


def _sphere(record: AccountRecord) -> SpherePath:
    return SpherePath(record.sphere or f"/{record.institution_id}")
