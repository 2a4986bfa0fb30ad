"""Work that decisions oblige us to in Keycloak: what each task is called and what it needs. Pure.

Carrying tasks out is `carrying_out`. Births and updates are not here: they belong to `apply`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provisioning.model.events import JsonValue
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import NewTask

CLOSE: Final = "close-account"
REOPEN: Final = "reopen-account"
UNLOCK: Final = "unlock-login"
CLOSE_KEY: Final = "close-key"
CREATE_KEY: Final = "create-key"
EXPIRE_KEY: Final = "expire-key"
REVEAL_KEY: Final = "reveal-key"
REPLACE_BASE_KEY: Final = "replace-base-key"
NOTIFY: Final = "notify-owner"
BRING_KEY_SCOPES: Final = "bring-openings"
BRING_OIS: Final = "bring-ois"
BRING_OPERATOR: Final = "bring-ois-operator"


def close_account_task(username: Username) -> NewTask:
    """Make the task that ends login, keys and base key. Its name is the one `apply` uses: the first to come does it."""
    return NewTask(f"close:{username}", CLOSE, username)


def reopen_account_task(username: Username) -> NewTask:
    """Open a reinstated authority's account."""
    return NewTask(f"reopen:{username}", REOPEN, username)


def unlock_task(username: Username) -> NewTask:
    """Have Keycloak forget the wrong passwords given for an account."""
    return NewTask(f"unlock:{username}", UNLOCK, username)


def close_key_task(client_id: ClientId) -> NewTask:
    """End one key."""
    return NewTask(f"close-key:{client_id}", CLOSE_KEY, client_id)


def create_key_task(client_id: ClientId, like: ClientId) -> NewTask:
    """Make a key like another; what it opens is what the ledger says then."""
    return NewTask(f"create-key:{client_id}", CREATE_KEY, client_id, {"like": like})


def bring_key_scopes_task(client_id: ClientId) -> NewTask:
    """Let a key open what the ledger says: OIS under mandates, direct use."""
    return NewTask(f"openings:{client_id}", BRING_KEY_SCOPES, client_id)


def bring_ois_task(client_id: ClientId) -> NewTask:
    """Bring an OIS's client and scope to what the ledger says."""
    return NewTask(f"ois:{client_id}", BRING_OIS, client_id)


def mend_ois_task(client_id: ClientId) -> NewTask:
    """Take away what was altered of an OIS's client by hand; one that was shut by hand as well stays so."""
    return NewTask(f"mend-ois:{client_id}", BRING_OIS, client_id, {"opens": False})


def bring_operator_task(client_id: ClientId, base_key_id: str | None = None, *, reset: bool = False) -> NewTask:
    """Bring the account of an OIS's operator to what the ledger says; mail this base key unless it is None."""
    data: dict[str, JsonValue] = {"base_key_id": base_key_id, "reset": reset}
    return NewTask(f"ois-operator:{client_id}:{base_key_id or 'end'}", BRING_OPERATOR, client_id, data)


def expire_key_task(client_id: ClientId, ends_at: str) -> NewTask:
    """Tell Keycloak when a key ends; `ends_at` in ISO 8601."""
    return NewTask(f"expire-key:{client_id}", EXPIRE_KEY, client_id, {"ends_at": ends_at})


def reveal_key_task(client_id: ClientId) -> NewTask:
    """Make the task that is open while a secret is being revealed: until it is done, the secret was not shown."""
    return NewTask(f"reveal:{client_id}", REVEAL_KEY, client_id)


def replace_base_key_task(username: Username, base_key_id: str | None, *, reset: bool = False) -> NewTask:
    """Make the task that kills the outstanding base key and, unless `base_key_id` is None, mails the new one."""
    data = {"base_key_id": base_key_id, "reset": reset}
    return NewTask(f"replace-base-key:{username}", REPLACE_BASE_KEY, username, data)


def notify_task(username: Username, key: str, template: str, facts: Mapping[str, JsonValue]) -> NewTask:
    """Make the task that queues a mail to the account's official e-mail, as Keycloak has it then. `key` is unique for
    ever.
    """
    return NewTask(f"notify:{key}", NOTIFY, username, {"key": key, "template": template, "facts": facts})
