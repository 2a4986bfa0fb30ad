"""A login by the authorization code flow with PKCE, form by form, without a browser. Source: RFC 6749, 7636."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

import requests

_ACTION: Final = re.compile(r'<form[^>]* action="([^"]+)"')
_TIMEOUT_S: Final = 60


@dataclass(frozen=True)
class CodeLogin:
    """One login of `client_id` at `realm_url`, in a cookie jar of its own."""

    realm_url: str
    client_id: str
    redirect_uri: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    jar: requests.Session = field(default_factory=requests.Session)

    def open(self, **changed: str | None) -> requests.Response:
        """The answer of the authorization endpoint; a change to None leaves a parameter out."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")
        asked: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": "s",
            "nonce": "n",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **changed,
        }
        sent = {name: value for name, value in asked.items() if value is not None}
        address = f"{self.realm_url}/protocol/openid-connect/auth"
        return self._kept(self.jar.get(address, params=sent, timeout=_TIMEOUT_S, allow_redirects=False))

    def fill(self, page: requests.Response, **form: str) -> requests.Response:
        """Send the form of a page."""
        found = _ACTION.search(page.text)
        assert found is not None, f"no form at {page.url}: {page.status_code} {page.text[:300]}"
        return self._kept(self.jar.post(html.unescape(found[1]), data=form, timeout=_TIMEOUT_S, allow_redirects=False))

    def _kept(self, answer: requests.Response) -> requests.Response:
        """Browsers send cookies marked `Secure` to http://localhost; this library does not."""
        for cookie in self.jar.cookies:
            cookie.secure = False
        return answer

    def code(self, answer: requests.Response) -> str:
        """The code in a redirect to the client."""
        where = answer.headers["Location"]
        assert where.startswith(self.redirect_uri), where
        return parse_qs(urlsplit(where).query)["code"][0]

    def redeem(self, code: str, **more: str) -> requests.Response:
        """The token endpoint's answer to a code."""
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code": code,
            "code_verifier": self.verifier,
            **more,
        }
        return requests.post(f"{self.realm_url}/protocol/openid-connect/token", data=form, timeout=_TIMEOUT_S)
