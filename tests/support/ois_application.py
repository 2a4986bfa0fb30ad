"""An application of an invented OIS, as its operator hands it in, and its way through the mailbox."""

from __future__ import annotations

import json
import re
from typing import Any

from flask.testing import FlaskClient
from joserfc.jwk import ECKey

from provisioning.ledger import Ledger
from provisioning.ledger.queries import applications as store
from provisioning.lifecycle.applications import make_link
from provisioning.model.events import EventKind
from provisioning.registry.onboarding import load_onboarding_configuration
from tests.support.configuration_folder import EXAMPLE
from tests.support.ledger_events import event_by
from tests.support.sidecar_running import Sidecar

KEY = ECKey.generate_key("P-256", {"kid": "first"})

ENTRY: dict[str, Any] = {
    "slug": "diary",
    "name": "Щоденник «Плюс»",
    "operator": "ТОВ «Вигадка»",
    "edrpou": "02145719",
    "site": "https://diary.example.ua",
    "contact": "Ірина Вигадана",
    "email": "it@diary.example.ua",
    "phone": "+380 44 000 00 00",
    "purposes": ["електронний щоденник"],
    "rights": ["students.read", "classes.read"],
    "data_location": "Україна, Львів, власний дата-центр",
    "jwks": {"keys": [dict(KEY.as_dict(private=False))]},
}


def entry(**changed: Any) -> dict[str, Any]:
    """The application as JSON; a change to None leaves the member out."""
    return {name: value for name, value in {**ENTRY, **changed}.items() if value is not None}


def typed(**changed: Any) -> dict[str, Any]:
    """The same as typed into the form."""
    fields = entry(**changed)
    for name in ("purposes", "redirect_uris", "networks"):
        fields[name] = "\r\n".join(fields.get(name, []))
    if "jwks" in fields:
        fields["jwks"] = json.dumps(fields["jwks"])
    return fields


def csrf_token(client: FlaskClient, path: str) -> str:
    """The token of the form on a page."""
    page = client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def hand_in(sidecar: Sidecar, **changed: Any) -> str:
    """Apply by the API; the application's id."""
    answer = sidecar.client().post("/api/v1/ois/applications", json=entry(**changed))
    assert answer.status_code == 202, answer.get_data(as_text=True)
    return str(answer.get_json()["application"])


def mailed_code(sidecar: Sidecar, application: str) -> str:
    """What the outbox would put into the mail."""
    with sidecar.ledger.transaction() as transaction:
        code = make_link(transaction, application, sidecar.clock())
    assert code is not None
    return code.reveal()


def open_link(client: FlaskClient, code: str) -> int:
    """Press the button behind the link; the status."""
    form = {"csrf_token": csrf_token(client, f"/onboarding/link/open?code={code}"), "code": code}
    return client.post("/onboarding/link/open", data=form, headers={"Accept": "text/html"}).status_code


def confirmed(sidecar: Sidecar, **changed: Any) -> FlaskClient:
    """A browser in which the applicant follows a confirmed application."""
    client = sidecar.client()
    assert open_link(client, mailed_code(sidecar, hand_in(sidecar, **changed))) == 303
    return client


def stored(sidecar: Sidecar, identifier: str) -> bool:
    """Whether an application is still kept."""
    with sidecar.ledger.reader() as reader:
        return store.find_application(reader, identifier) is not None


def find_met(ledger: Ledger, slug: str = "diary", *, but: str | None = None) -> None:
    """Record that every technical requirement is met, but for one."""
    requirements = load_onboarding_configuration(EXAMPLE).requirements
    found = [
        {"requirement": item.id, "requirements_version": requirements.version, "passed": item.id != but, "found": {}}
        for item in requirements.items
    ]
    with ledger.transaction() as transaction:
        kind = EventKind.OIS_EVIDENCE_RECORDED
        transaction.append([event_by("staff:test", kind, f"ois-{slug}", dict(data)) for data in found])
