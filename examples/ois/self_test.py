"""The self-test in the sandbox, passed by the diary of `diary.py`: python -m examples.ois.self_test --help

It begins a run, works for the invented institution until it is told to stop, and prints the report.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey

from examples.ois.diary import Diary
from examples.ois.proof import Bound, proof

PAUSE_S, LOOK_S = 0.3, 2


def own_session(issuer: str, client_id: str, key: ECKey) -> requests.Session:
    """A session with a bound token of the OIS's own client: it opens the runs, and no data."""
    url = f"{issuer}/protocol/openid-connect/token"
    session = OAuth2Session(client_id, key, token_endpoint_auth_method=PrivateKeyJWT.name)
    claims = {"aud": issuer, "exp": int(time.time()) + 30}
    session.register_client_auth_method(PrivateKeyJWT(url, claims, {"kid": key.kid}, "ES256"))
    proof_key = ECKey.generate_key("P-256")
    session.headers["DPoP"] = proof(proof_key, "POST", url)
    own = requests.Session()
    own.auth = Bound(proof_key, session.fetch_token(url, grant_type="client_credentials")["access_token"])
    return own


def self_test(sidecar: str, issuer: str, client_id: str, key: ECKey) -> Any:
    """The report of one run."""
    own = own_session(issuer, client_id, key)
    begun = own.post(f"{sidecar}/api/v1/sandbox/runs").json()
    diary, path = Diary(issuer, client_id, key, begun["database"]), f"/v1/institutions/{begun['institution']}/students"
    try:
        while True:
            diary.get(path, begun["api_key_id"], begun["api_key"])
            time.sleep(PAUSE_S)
    except (requests.HTTPError, OAuthError) as end:
        sys.stdout.write(f"stopped: {end}\n")  # The key is cut off: no more calls from here on.
    while (report := own.get(f"{sidecar}/api/v1/sandbox/runs/{begun['run']}").json()["report"]) is None:
        time.sleep(LOOK_S)
    return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("sidecar", "issuer", "client-id", "key"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args()
    private = ECKey.import_key(json.loads(Path(given.key).read_text()))
    for result in self_test(given.sidecar, given.issuer, given.client_id, private)["results"]:
        word = "met" if result["passed"] else "NOT MET"
        sys.stdout.write(f"{word:8} {result['check']}  {', '.join(result['problems'])}\n")
