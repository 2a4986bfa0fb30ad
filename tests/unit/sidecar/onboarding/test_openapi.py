"""The API's description is the API: its routes, its shapes, its answers."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from tests.support.ois_application import entry
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

OWN = ("ois_api", "connected_api", "ois_usage_api", "sandbox_api")


def _description(sidecar: Sidecar) -> dict[str, Any]:
    return dict(sidecar.client().get("/api/v1/openapi.json").get_json())


def _check(description: dict[str, Any], schema: str, value: Any) -> None:
    reference = {"$ref": f"#/components/schemas/{schema}", "components": description["components"]}
    jsonschema.Draft202012Validator(reference).validate(value)


def test_every_route_of_the_api_is_described_and_nothing_else(sidecar: Sidecar) -> None:
    described = {(method.upper(), path) for path, item in _description(sidecar)["paths"].items() for method in item}
    routes = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in sidecar.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint.split(".")[0] in OWN
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routes


def test_every_reference_leads_somewhere(sidecar: Sidecar) -> None:
    description = _description(sidecar)

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if "$ref" in value else []
            return own + [found for item in value.values() for found in references(item)]
        return [found for item in value for found in references(item)] if isinstance(value, list) else []

    found = references(description)
    names = {reference.removeprefix("#/components/schemas/") for reference in found}
    assert found and names <= set(description["components"]["schemas"])


def test_what_is_sent_and_answered_has_the_described_shape(sidecar: Sidecar) -> None:
    description, client = _description(sidecar), sidecar.client()
    _check(description, "Application", entry())
    taken = client.post("/api/v1/ois/applications", json=entry())
    _check(description, "ApplicationStatus", taken.get_json())
    _check(description, "ApplicationStatus", client.get(f"/api/v1/ois/applications/{taken.json['application']}").json)
    refused = client.post("/api/v1/ois/applications", json=entry(slug="X"))
    _check(description, "Problem", refused.get_json())
    assert refused.get_json()["errors"]


@pytest.mark.parametrize("wrong", [{}, {"slug": 5}, entry(surprise=1), entry(edrpou="1"), entry(purposes=[])])
def test_the_description_refuses_what_the_api_refuses(sidecar: Sidecar, wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        _check(_description(sidecar), "Application", wrong)
    assert sidecar.client().post("/api/v1/ois/applications", json=wrong).status_code == 422
