"""A token that the browser keeps for us, sealed: encrypted (JWE, A256GCM), so that it is readable in no browser."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from flask import Request, Response
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from provisioning.model.secret import Secret

_ALGORITHMS: Final = ["dir", "A256GCM"]
_MAX_CHARACTERS: Final = 3800
"""Browsers drop a larger cookie."""


class SealedToken:
    """Seals and opens a cookie for one purpose, which goes to `paths` only. One per application and purpose."""

    def __init__(
        self,
        session_secret: Secret,
        purpose: str,
        name: str,
        paths: Sequence[str],
        *,
        tls: bool,
        life: timedelta | None = None,
    ) -> None:
        # A key of its own for each purpose: what signs sessions does not encrypt tokens.
        digest = hashlib.sha256(f"aikom {purpose}\0{session_secret.reveal()}".encode()).digest()
        self._key = OctKey.import_key(digest)
        self._tls = tls
        self._paths = tuple(paths)
        self._life = life
        self._name = f"__Secure-{name}" if tls else name

    def remember(self, response: Response, token: Secret) -> None:
        """Put the sealed token on the response that begins a session; one that is too long is not kept."""
        header = {"alg": "dir", "enc": "A256GCM"}
        sealed = jwe.encrypt_compact(header, token.reveal().encode(), self._key, algorithms=_ALGORITHMS)
        if len(sealed) > _MAX_CHARACTERS:
            return
        for path in self._paths:
            response.set_cookie(
                self._name, sealed, max_age=self._life, path=path, secure=self._tls, httponly=True, samesite="Lax"
            )

    def forget(self, response: Response) -> None:
        """Have the browser drop the cookie."""
        for path in self._paths:
            response.delete_cookie(self._name, path=path, secure=self._tls, httponly=True, samesite="Lax")

    def read(self, request: Request) -> Secret | None:
        """Return the token from the cookie; None when there is none that we have sealed."""
        sealed = request.cookies.get(self._name)
        if not sealed:
            return None
        try:
            plain = jwe.decrypt_compact(sealed, self._key, algorithms=_ALGORITHMS).plaintext
        except (JoseError, ValueError):
            return None
        return Secret(plain.decode("ascii")) if plain else None
