"""JSON Schema of each file, for editors: completion, underlining, explanations in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from provisioning.registry.documents import Location
from provisioning.registry.schema.annexes import AgreementFile, RequirementsFile
from provisioning.registry.schema.institutions import INSTITUTIONS
from provisioning.registry.schema.policies import STAFF, ProtocolFile, RightsFile
from provisioning.registry.schema.realm import RealmFile

NAMES: Final = ("institutions", "realm", "rights", "protocol", "staff", "requirements", "agreement")
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@cache
def json_schema(name: str) -> Mapping[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a file; `name` is one of NAMES."""
    match name:
        case "institutions":
            body = INSTITUTIONS.json_schema()
            body["items"] = {
                **body["items"],
                "not": {"required": ["authority", "branch_of"]},
            }
        case "realm":
            body = RealmFile.model_json_schema()
        case "rights":
            body = RightsFile.model_json_schema()
        case "protocol":
            body = ProtocolFile.model_json_schema()
        case "staff":
            body = STAFF.json_schema()
        case "requirements":
            body = RequirementsFile.model_json_schema()
        case "agreement":
            body = AgreementFile.model_json_schema()
        case _:
            raise KeyError(name)
    return {"$schema": DIALECT, **body}


def schema_text(name: str) -> str:
    """Return the schema as it is stored in `realm-config/schema/`."""
    return json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n"


def known_keys(name: str, location: Location) -> tuple[str, ...]:
    """Return keys that the mapping at a location may hold."""
    schema = json_schema(name)
    node: Any = schema
    for step in location:
        node = _resolved(schema, node)
        node = node.get("items") if isinstance(step, int) else _property(node, step)
        if node is None:
            return ()
    return tuple(_resolved(schema, node).get("properties", ()))


def _property(node: Any, key: str) -> Any:
    return node.get("properties", {}).get(key) or node.get("additionalProperties") or None


def _resolved(schema: Mapping[str, Any], node: Any) -> Any:
    while isinstance(node, dict):
        if "anyOf" in node:
            node = node["anyOf"][0]
        elif "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        else:
            break
    return node if isinstance(node, dict) else {}
