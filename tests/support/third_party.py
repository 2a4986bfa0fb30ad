"""Somebody who runs an OIS: signs with its own key, exchanges tokens, and was connected by the book."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

import requests
from joserfc import jwt
from joserfc.jwk import ECKey

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.ois.four_eyes import approve, propose_connection, propose_termination
from provisioning.lifecycle.ois.papers import Conclusion, accept_agreement, conclude, submit_agreement
from provisioning.model.annexes import TechnicalRequirements
from provisioning.model.events import EventKind
from provisioning.model.ois import ConclusionOutcome, OisRecord, Slug, ois_client_id
from tests.support.ledger_events import event_by
from tests.support.realm import Realm

EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"
JWT_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


WAIT: Final = timedelta(hours=24)
"""How long a proposal waits for its answer."""

NOTHING_REQUIRED: Final = TechnicalRequirements("1", date(2026, 1, 1), 12, ())
"""A checklist without items, for tests that are about something else."""


def new_key() -> ECKey:
    """A fresh key pair on P-256 with a name of its own."""
    return ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "use": "sig"})


def key_set(*keys: ECKey) -> dict[str, Any]:
    """The public halves as a key set (RFC 7517)."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


@dataclass(frozen=True)
class ThirdParty:
    """An OIS with a key of its own. `key` never leaves it; `jwks` is what it hands in."""

    realm: Realm
    slug: Slug
    key: ECKey = field(default_factory=new_key)

    @property
    def client_id(self) -> str:
        return ois_client_id(self.slug)

    @property
    def jwks(self) -> dict[str, Any]:
        """Its public key."""
        return key_set(self.key)

    def assertion(self, *, key: ECKey | None = None, **changed: Any) -> str:
        """A client assertion (RFC 7523), with claims changed and signed by another key if asked."""
        now = int(time.time())
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": self._issuer(), "jti": secrets.token_hex(16)}
        signer = key or self.key
        header = {"alg": "ES256", "kid": str(self.key.as_dict()["kid"]), "typ": "JWT"}
        return jwt.encode(header, {**claims, "iat": now, "exp": now + 30, **changed}, signer)

    def exchange(self, subject_token: str, assertion: str | None = None, proof: str | None = None) -> requests.Response:
        """Ask for a token of the central database in place of an institution's (RFC 8693), bound if with a proof."""
        return self.realm.token(
            proof,
            grant_type=EXCHANGE,
            subject_token=subject_token,
            subject_token_type=ACCESS_TOKEN,
            audience="central-db",
            client_assertion_type=JWT_BEARER,
            client_assertion=assertion or self.assertion(),
        )

    def own_token(self, proof: str | None = None) -> requests.Response:
        """Ask for a token of its own."""
        form = {"client_assertion_type": JWT_BEARER, "client_assertion": self.assertion()}
        return self.realm.token(proof, grant_type="client_credentials", **form)

    def exchanged(self, subject_token: str) -> dict[str, Any]:
        """The claims of an exchanged token; fails the test when there is none."""
        answer = self.exchange(subject_token)
        assert answer.status_code == 200, answer.text
        return claims_of(answer.json()["access_token"])

    def _issuer(self) -> str:
        return f"{self.realm.settings.keycloak_public_url}/realms/{self.realm.name}"


def apply_for_connection(
    actor: Actor, party: ThirdParty, rights: Collection[str], redirect_uris: Collection[str] = ()
) -> None:
    """Its application, as it stands after the e-mail was confirmed."""
    data = {
        "name": f"Система {party.slug}",
        "operator": "ТОВ «Щоденник»",
        "edrpou": "14360570",
        "site": f"https://{party.slug}.example.ua",
        "email": f"it@{party.slug}.example.ua",
        "purposes": ["електронний щоденник"],
        "rights": sorted(rights),
        "redirect_uris": list(redirect_uris),
        "jwks": party.jwks,
    }
    with actor.transaction() as transaction:
        transaction.append([event_by(actor.name, EventKind.OIS_APPLIED, party.client_id, data)])


def connected(
    actor: Actor, party: ThirdParty, rights: Collection[str], redirect_uris: Collection[str] = ()
) -> OisRecord:
    """Connect it by the book: application, agreement, conclusion, connection."""
    apply_for_connection(actor, party, rights, redirect_uris)
    submit_agreement(actor, party.slug, "1", "0" * 64)
    accept_agreement(actor, party.slug, "1")
    until = actor.today() + timedelta(days=365)
    conclude(actor, party.slug, Conclusion(f"№ {party.slug}", ConclusionOutcome.POSITIVE, until, NOTHING_REQUIRED))
    return connect(actor, party.slug)


def connect(actor: Actor, slug: str, rights: Collection[str] | None = None) -> OisRecord:
    """Have two administrators connect it: `actor` proposes."""
    return approve(_second(actor), slug, propose_connection(actor, slug, rights, lifespan=WAIT).number)


def terminate(actor: Actor, slug: str, reason: str) -> OisRecord:
    """Have two administrators end its connection: `actor` proposes."""
    return approve(_second(actor), slug, propose_termination(actor, slug, reason, lifespan=WAIT).number)


def _second(actor: Actor) -> Actor:
    return replace(actor, name="staff:second")


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims
