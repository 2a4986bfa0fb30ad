"""Nouns of account planning: images of accounts, the changes between them, and what will not be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from provisioning.model.identifiers import ClientId, Username
from provisioning.model.institution import Deactivation, Source
from provisioning.model.key_scopes import KeyScopes
from provisioning.planning.objects import FieldChange


@dataclass(frozen=True, slots=True)
class KeyWholes:
    """Digests of everything that a key's client and its service account are, as Keycloak has them."""

    client: bytes
    service: bytes


@dataclass(frozen=True, slots=True)
class KeyImage:
    """One API key: its client and the client's service account. `opens` is never compared: no YAML decides on it.

    `wholes` is what Keycloak was found to have, when it was asked for that; `fingerprint` is that of the secret, twelve
    hexadecimal digits, empty for none. Neither is compared: the configuration knows no secret.
    """

    client_id: ClientId
    enabled: bool
    service_enabled: bool
    attributes: Mapping[str, str]
    roles: frozenset[str]
    rights: frozenset[str] = frozenset()
    opens: KeyScopes = field(default_factory=dict, compare=False)
    has_service: bool = field(default=True, compare=False)
    wholes: KeyWholes | None = field(default=None, compare=False)
    fingerprint: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class AccountImage:
    """One account generation. `ours` is false for an object that carries our name without our mark.

    `activated_at` is Keycloak's own record of the moment, ISO 8601; it is never compared. `whole` is the digest of
    everything that the user was found to be; empty when Keycloak was not asked for it. `base_key_id` is the outstanding
    base key. `has_user` is false when only keys of the account exist.
    """

    username: Username
    enabled: bool
    email: str
    attributes: Mapping[str, str]
    keys: tuple[KeyImage, ...]
    ours: bool = True
    activated_at: str | None = None
    whole: bytes = field(default=b"", compare=False)
    base_key_id: str = field(default="", compare=False)
    has_user: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class DesiredAccount:
    """An account as YAML asks for it: its image, the place in YAML, and why it is dead if it is."""

    image: AccountImage
    institution_id: str
    kind: str
    is_authority: bool
    generation: int
    deactivation: Deactivation | None
    source: Source


class Verdict(StrEnum):
    """The ledger's judgement of an account: alive, dead, or unknown to it."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class CreateAccount:
    """Birth of account and API key in one transaction. `known` when the ledger has the account already."""

    desired: DesiredAccount
    known: bool


@dataclass(frozen=True, slots=True)
class AdoptAccount:
    """Recording of an account that Keycloak has with our mark and the ledger does not know."""

    desired: DesiredAccount


@dataclass(frozen=True, slots=True)
class UpdateAccount:
    """Update of the fields that differ, sorted; nothing else of the account is touched."""

    desired: DesiredAccount
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class DeactivateAccount:
    """End of an account. `again`: the ledger had it dead, Keycloak had it live: an alarm. Source: order cl. 7."""

    desired: DesiredAccount
    again: bool


AccountChange = CreateAccount | AdoptAccount | UpdateAccount | DeactivateAccount


@dataclass(frozen=True, slots=True)
class Refusal:
    """A wish that will not be carried out, with the place, the reason and the way out."""

    code: str
    subject: str
    source: Source
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Attention:
    """A difference that an apply leaves alone on purpose."""

    code: str
    subject: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class AccountDiff:
    """The whole difference of the accounts: changes, refusals, attentions, and accounts that YAML does not list."""

    changes: tuple[AccountChange, ...]
    refusals: tuple[Refusal, ...]
    attentions: tuple[Attention, ...]
    unlisted: tuple[str, ...]
