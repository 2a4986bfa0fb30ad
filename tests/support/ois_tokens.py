"""What Keycloak puts into the token of an OIS's own client, to be signed by a forger; and asking with it."""

from __future__ import annotations

import time
from typing import Any

from tests.support.ois_listed import CONNECTED
from tests.support.sidecar_forger import ISSUER
from tests.support.sidecar_running import Sidecar


def claims(slug: str = CONNECTED, **changed: Any) -> dict[str, Any]:
    """The claims; a change to None leaves one out."""
    now = int(time.time())
    own = {
        "iss": ISSUER,
        "aud": "central-db",
        "azp": f"ois-{slug}",
        "sub": "5a1e",
        "preferred_username": f"service-account-ois-{slug}",
        "typ": "Bearer",
        "jti": "1",
        "iat": now,
        "exp": now + 60,
        **changed,
    }
    return {name: value for name, value in own.items() if value is not None}


def ask(sidecar: Sidecar, token: str, path: str, headers: dict[str, str] | None = None, **query: str) -> Any:
    """GET with the token."""
    sent = {"Authorization": f"Bearer {token}", **(headers or {})}
    return sidecar.client().get(path, headers=sent, query_string=query)
