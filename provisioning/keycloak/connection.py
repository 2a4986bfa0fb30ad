"""One authenticated connection to the Admin REST API. Owns tokens, time-outs, retries of reads and error wording.

Built on python-keycloak's connection manager, which renews the token; nothing outside this folder sees that library.
A connection is not shared between threads: make one per worker with `clone()`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

import requests
from keycloak import KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakAuthenticationError as LibraryAuthenticationError
from keycloak.exceptions import KeycloakConnectionError as LibraryConnectionError
from keycloak.exceptions import KeycloakError as LibraryError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from provisioning.keycloak.errors import (
    KeycloakAuthenticationError,
    KeycloakBusy,
    KeycloakConflict,
    KeycloakRefused,
    KeycloakStumbled,
    KeycloakTooOld,
    KeycloakUnreachable,
)
from provisioning.model.secret import Secret
from provisioning.settings import Settings

VERSION_FLOOR: Final = ((26, 6, 8), (26, 7, 5))
"""Oldest accepted patch of each minor line, for the CVEs that docs/security.md lists; later lines are accepted."""

PAGE: Final = 100
"""Objects per page: pages of 1,000 are slower per object than pages of 100."""

_TIMEOUT_S: Final = 60
_READ_TRIES: Final = 4
"""A read that meets a busy Keycloak is tried again within seconds; a Keycloak that does not answer is told at once."""

_BUSY: Final = frozenset({429, 502, 503, 504})
_STUMBLED: Final = 500


class KeycloakConnection:
    """Admin REST of one realm, as one client with a service account (or of `master`, for the bootstrap)."""

    def __init__(self, url: str, realm: str, client_id: str, secret: Secret, *, login_realm: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.realm = realm
        self._client_id = client_id
        self._secret = secret
        self._login_realm = login_realm or realm
        self._library = KeycloakOpenIDConnection(
            server_url=self.url + "/",
            realm_name=self._login_realm,
            client_id=client_id,
            client_secret_key=secret.reveal(),
            timeout=_TIMEOUT_S,
            max_retries=0,
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> KeycloakConnection:
        """Return the connection that `provision` works with."""
        return cls(
            settings.keycloak_url,
            settings.realm,
            settings.require("AIKOM_PROVISIONING_CLIENT"),
            settings.secret("AIKOM_PROVISIONING_SECRET"),
        )

    def clone(self) -> KeycloakConnection:
        """Return a second connection with the same credentials, for another thread."""
        return KeycloakConnection(self.url, self.realm, self._client_id, self._secret, login_realm=self._login_realm)

    def for_realm(self, realm: str) -> KeycloakConnection:
        """Return a connection with the same credentials to another realm; for an administrator of `master`."""
        return KeycloakConnection(self.url, realm, self._client_id, self._secret, login_realm=self._login_realm)

    def create_realm(self, representation: Mapping[str, object]) -> None:
        """Create a realm; only an administrator of `master` may."""
        self._checked(self._raw("post", "/admin/realms", query={}, body=representation), "POST /", missing_ok=False)

    def get(self, path: str, **query: object) -> Any:
        """Get the decoded JSON of `/admin/realms/{realm}{path}`; None on 404."""
        for attempt in Retrying(
            retry=retry_if_exception_type(KeycloakBusy),
            wait=wait_exponential_jitter(multiplier=0.2, max=2),
            stop=stop_after_attempt(_READ_TRIES),
            reraise=True,
        ):
            with attempt:
                response = self._send("get", path, query=query, missing_ok=True)
        return None if response is None else self._decoded(response)

    def pages(self, path: str, **query: object) -> Iterator[list[Any]]:
        """Yield every page of a list, `PAGE` objects each; never an unpaged list."""
        first = 0
        while True:
            page = self.get(path, **query, first=first, max=PAGE) or []
            if page:
                yield page
            if len(page) < PAGE:
                return
            first += PAGE

    def post(self, path: str, body: object) -> Any:
        """Send a POST; return the decoded answer, or the id of what was created when the answer is empty, or None."""
        response = self._send("post", path, body=body)
        if response is None:
            return None
        if response.content:
            return self._decoded(response)
        location = response.headers.get("Location", "")
        return location.rsplit("/", 1)[-1] or None

    def put(self, path: str, body: object | None = None) -> None:
        """Send a PUT. Raises KeycloakError when Keycloak does not accept it."""
        self._send("put", path, body=body)

    def delete(self, path: str, body: object | None = None) -> None:
        """Send a DELETE, for parts of an object (role mappings, scopes). Accounts and keys are never deleted."""
        self._send("delete", path, body=body, missing_ok=True)

    def call_own(self, method: str, path: str, body: object) -> None:
        """Send a request to what our extension hangs under the realm itself. Raises KeycloakError, on 404 too."""
        full = f"/realms/{quote(self.realm, safe='')}/{path}"
        response = self._raw(method, full, query={}, body=body)
        self._checked(response, f"{method.upper()} {path}", missing_ok=False)

    def check_version(self) -> str:
        """Return the server's version. Raises KeycloakTooOld below the floor. Source: docs/security.md."""
        response = self._raw("get", "/admin/serverinfo", query={})
        info = self._checked(response, "GET /admin/serverinfo", missing_ok=False)
        version = str((info.json() if info is not None else {}).get("systemInfo", {}).get("version", ""))
        if not version_accepted(version):
            floors = " or ".join(".".join(map(str, floor)) for floor in VERSION_FLOOR)
            raise KeycloakTooOld(
                f"Keycloak at {self.url} is version {version or 'unknown'}; the floor is {floors}",
                remedy="upgrade Keycloak: older versions have known holes in password reset and client revocation",
            )
        return version

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object | None = None,
        missing_ok: bool = False,
    ) -> requests.Response | None:
        full = f"/admin/realms/{quote(self.realm, safe='')}{path}"
        response = self._raw(method, full, query=query or {}, body=body)
        return self._checked(response, f"{method.upper()} {path or '/'}", missing_ok=missing_ok)

    def _raw(
        self, method: str, path: str, *, query: Mapping[str, object], body: object | None = None
    ) -> requests.Response:
        params = {key: _text(value) for key, value in query.items()}
        try:
            match method:
                case "get":
                    return self._library.raw_get(path, **params)
                case "post":
                    return self._library.raw_post(path, data=_json(body))
                case "put":
                    return self._library.raw_put(path, data=_json(body))
                case _:
                    return self._library.raw_delete(path, data=_json(body))
        except LibraryAuthenticationError as error:
            raise self._credentials_refused() from error
        except (LibraryConnectionError, requests.RequestException) as error:
            raise KeycloakUnreachable(
                f"Keycloak at {self.url} does not answer",
                remedy="check `provision stack status`, or AIKOM_KEYCLOAK_URL, and run the command again",
            ) from error
        except LibraryError as error:
            if error.response_code in (400, 401, 404):
                raise self._credentials_refused() from error
            raise KeycloakUnreachable(
                f"Keycloak at {self.url} answered {error.response_code} instead of a token",
                remedy="look at its log (`provision stack logs`) and try again",
            ) from error

    def _decoded(self, response: requests.Response) -> Any:
        try:
            return response.json()
        except ValueError as error:
            raise KeycloakUnreachable(
                f"an answer of Keycloak at {self.url} was cut off", remedy="check the network and run the command again"
            ) from error

    def _credentials_refused(self) -> KeycloakAuthenticationError:
        return KeycloakAuthenticationError(
            f"Keycloak at {self.url} refused client {self._client_id!r} of realm {self._login_realm!r}",
            remedy="check AIKOM_REALM, AIKOM_PROVISIONING_CLIENT and AIKOM_PROVISIONING_SECRET",
        )

    def _checked(self, response: requests.Response, what: str, *, missing_ok: bool) -> requests.Response | None:
        status = response.status_code
        if status < 400:
            return response
        if status == 404 and missing_ok:
            return None
        reason = _reason(response)
        if status == 409:
            raise KeycloakConflict(f"{what}: {reason}", status=status, remedy="run `provision plan` to see what exists")
        if status == _STUMBLED:
            raise KeycloakStumbled(
                f"{what}: {status} {reason}", remedy="look at Keycloak's log for the cause, and try again"
            )
        if status in _BUSY:
            raise KeycloakBusy(f"Keycloak at {self.url} is busy ({status} {reason})", remedy="wait and try again")
        if status == 401:
            raise self._credentials_refused()
        if status == 403:
            raise KeycloakRefused(
                f"{what}: client {self._client_id!r} may not do this",
                status=status,
                remedy="run `provision stack up` again, or give its service account the roles in docs/operations.md",
            )
        raise KeycloakRefused(f"{what}: {status} {reason}", status=status, remedy="see Keycloak's log for the cause")


class NoConnection(KeycloakConnection):
    """The connection of pages, which have no access to the Admin REST API: every call is refused before it is sent."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", "none", "none", Secret("none"))

    def _raw(
        self, method: str, path: str, *, query: Mapping[str, object], body: object | None = None
    ) -> requests.Response:
        raise KeycloakRefused(
            f"pages do not use Keycloak's Admin REST API ({method.upper()} {path})",
            status=403,
            remedy="leave it to `provision watch`",
        )


def version_accepted(version: str) -> bool:
    """Return whether a version such as `26.7.5` is at or above the floor of its minor line."""
    try:
        parts = tuple(int(part) for part in version.split(".")[:3])
    except ValueError:
        return False
    if len(parts) < 3:
        return False
    for floor in VERSION_FLOOR:
        if parts[:2] == floor[:2]:
            return parts >= floor
    return parts > VERSION_FLOOR[-1]


def _reason(response: requests.Response) -> str:
    """Keycloak's own error words, cut short; never the whole body."""
    try:
        body = response.json()
    except ValueError:
        return "no reason given"
    if not isinstance(body, dict):
        return "no reason given"
    words = body.get("errorMessage") or body.get("error_description") or body.get("error") or "no reason given"
    return str(words)[:300]


def _text(value: object) -> str | list[str]:
    if isinstance(value, (list, tuple)):
        return [str(part) for part in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(body: object | None) -> str:
    return "" if body is None else json.dumps(body)
