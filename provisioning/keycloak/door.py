"""The door of our Keycloak extension: all that pages may do at once in Keycloak, each under a right of its own.

Owns the JSON of `/realms/{realm}/aikom-door`. The accounts that use it have no administrative role (decision 35).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakRefused
from provisioning.keycloak.names import DOOR
from provisioning.keycloak.realm.narrow import ACCOUNT_SECRETS
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.secret import Secret
from provisioning.settings import Settings

_NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class Door:
    """The door as one narrow account sees it. `proof` is the ID token of the person for whom it is used, if any.

    Each call raises KeycloakError when Keycloak does not answer or refuses: then nothing was done.
    """

    connection: KeycloakConnection
    account: str
    proof: Secret | None = None

    def set_digest(self, client_id: ClientId, digest: str) -> None:
        """Set the digest of a live key's secret; an empty one takes it away."""
        self._call("put", f"keys/{_part(client_id)}/digest", {**self._proof(), "digest": digest})

    def end_key(self, client_id: ClientId) -> None:
        """End a key of the person who proves to be signed in. Safe to repeat."""
        self._call("post", f"keys/{_part(client_id)}/end", self._proof())

    def make_next_key(self, client_id: ClientId) -> None:
        """Make the next key of the person's account, without a secret; one that exists is refused as a conflict."""
        self._call("post", f"keys/{_part(client_id)}/next", self._proof())

    def is_secret_of(self, client_id: ClientId, digest: str) -> bool:
        """Return whether this is the digest of the key's present secret."""
        try:
            self._call("post", f"keys/{_part(client_id)}/leaked/check", {"digest": digest})
        except KeycloakRefused as error:
            if error.status != _NOT_FOUND:
                raise
            return False
        return True

    def end_leaked_key(self, client_id: ClientId, digest: str) -> None:
        """End a key whose secret is known. Safe to repeat."""
        self._call("post", f"keys/{_part(client_id)}/leaked", {"digest": digest})

    def end_sessions(self, username: Username) -> None:
        """End every login of an account. Safe to repeat."""
        self._call("delete", f"accounts/{_part(username)}/sessions", {})

    def end_own_sessions(self, username: Username) -> None:
        """End every login of the person who proves to be signed in. Safe to repeat."""
        self._call("post", f"accounts/{_part(username)}/sessions/end", self._proof())

    def has_mailbox(self, username: Username) -> bool:
        """Return whether an account's user is enabled and has an e-mail, so that a mailed link could open it."""
        try:
            self._call("get", f"accounts/{_part(username)}/mailbox", {})
        except KeycloakRefused as error:
            if error.status != _NOT_FOUND:
                raise
            return False
        return True

    def lift_lock(self, username: Username) -> None:
        """Count the wrong passwords of an account anew. Safe to repeat."""
        self._call("delete", f"accounts/{_part(username)}/lock", {})

    def _call(self, method: str, path: str, body: dict[str, str]) -> None:
        self.connection.call_own(method, f"{DOOR}/{path}", body)

    def _proof(self) -> dict[str, str]:
        return {} if self.proof is None else {"proof": self.proof.reveal()}


def open_door(settings: Settings, account: str) -> Door | None:
    """Return the door as a narrow account sees it, with a connection of its own; None without the account's secret."""
    secret = settings.get(ACCOUNT_SECRETS[account])
    if secret is None:
        return None
    return Door(KeycloakConnection(settings.keycloak_url, settings.realm, account, Secret(secret)), account)


def _part(name: str) -> str:
    return quote(name, safe="")
