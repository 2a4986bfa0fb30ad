"""The words for what an apply will not do, each with the way out."""

from __future__ import annotations

from provisioning.model.identifiers import ClientId
from provisioning.planning.changes import Attention, DesiredAccount, Refusal


def never_again(wanted: DesiredAccount) -> Refusal:
    """YAML wants an account alive that the ledger has dead. Source: order cl. 11."""
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
    """A foreign object in Keycloak has the name."""
    name = wanted.image.username
    return Refusal(
        "name-taken",
        name,
        wanted.source,
        f"Keycloak has a user or client named {name} that this system did not make",
        "rename or remove the foreign object in the Keycloak console, then plan again",
    )


def lost_record(wanted: DesiredAccount) -> Refusal:
    """Disabled in Keycloak, unknown to the ledger: it may be dead, so it is not touched."""
    name = wanted.image.username
    return Refusal(
        "disabled-without-record",
        name,
        wanted.source,
        f"{name} is disabled in Keycloak and the ledger does not know why; it may be deactivated for good",
        "restore the ledger (see docs/operations.md), or give the institution a new generation",
    )


def stopped_by_hand(wanted: DesiredAccount) -> Attention:
    """Disabled in Keycloak by somebody, while YAML and ledger have it alive."""
    name = wanted.image.username
    return Attention(
        "stopped-by-hand",
        name,
        f"{name} is disabled in Keycloak, but neither YAML nor the ledger says so",
        "deactivate it in YAML to end it, or enable it in the Keycloak console; an apply never enables an account",
    )


def key_stopped_by_hand(client_id: ClientId) -> Attention:
    """A live API key whose client or service account somebody disabled in Keycloak."""
    return Attention(
        "key-stopped-by-hand",
        client_id,
        f"API key {client_id} is disabled in Keycloak, but the ledger has it live",
        "cut it off for good with `provision keys cut-off`, or enable it in the Keycloak console",
    )
