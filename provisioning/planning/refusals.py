"""Refusals and attentions of an apply in words, each with the way out."""

from __future__ import annotations

from provisioning.model.identifiers import ClientId
from provisioning.planning.changes import Attention, DesiredAccount, Refusal


def never_again(wanted: DesiredAccount) -> Refusal:
    """Refuse to revive an account that YAML has alive and the ledger has dead. Source: order cl. 11."""
    name, next_generation = wanted.image.username, wanted.generation + 1
    if wanted.is_authority:
        remedy = "record the decision with `provision accounts reinstate`, or put `deactivated:` back"
    else:
        remedy = f"put `deactivated:` back; an institution that may work again gets `generation: {next_generation}`"
    return Refusal(
        "deactivated-for-good",
        name,
        wanted.source,
        f"{name} is deactivated in the ledger and cannot be opened again (order cl. 11)",
        remedy,
    )


def name_taken(wanted: DesiredAccount) -> Refusal:
    """Refuse an account whose name a foreign object in Keycloak has."""
    name = wanted.image.username
    return Refusal(
        "name-taken",
        name,
        wanted.source,
        f"Keycloak has a user or client named {name} that this system did not make",
        "rename or remove the foreign object in the Keycloak console, then plan again",
    )


def lost_record(wanted: DesiredAccount) -> Refusal:
    """Refuse an account that is disabled in Keycloak and unknown to the ledger: its deactivation may have been lost."""
    name = wanted.image.username
    return Refusal(
        "disabled-without-record",
        name,
        wanted.source,
        f"{name} is disabled in Keycloak and the ledger does not know why; it may be deactivated for good",
        "restore the ledger (see docs/operations.md), or give the institution a new generation",
    )


def stopped_by_hand(wanted: DesiredAccount) -> Attention:
    """Report an account that was disabled in Keycloak by hand, while YAML and ledger have it alive."""
    name = wanted.image.username
    return Attention(
        "stopped-by-hand",
        name,
        f"{name} is disabled in Keycloak, but neither YAML nor the ledger says so",
        "deactivate it in YAML to end it, or enable it in the Keycloak console; an apply never enables an account",
    )


def key_stopped_by_hand(client_id: ClientId) -> Attention:
    """Report a live API key whose client or service account was disabled in Keycloak by hand."""
    return Attention(
        "key-stopped-by-hand",
        client_id,
        f"API key {client_id} is disabled in Keycloak, but the ledger has it live",
        "cut it off for good with `provision keys cut-off`, or enable it in the Keycloak console",
    )
