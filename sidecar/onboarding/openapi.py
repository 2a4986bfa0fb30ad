"""The description of the API for OIS (OpenAPI 3.1). A test holds it against the routes and against real answers."""

from __future__ import annotations

from typing import Any, Final

from sidecar.applications.entry import ApplicationEntry
from sidecar.onboarding.openapi_own import OWN_SCHEMAS

VERSION: Final = "1.0"

_OF_PUBLIC: Final = ("/openapi.json", "/ois/applications")
"""Paths of the public part; the others are the portal's."""

_JSON: Final = "application/json"
_PROBLEM: Final = {
    "description": "A problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_AFTER: Final = {
    "parameters": [{"name": "after", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}}]
}
_DAYS: Final = [
    {"name": name, "in": "query", "description": text, "schema": {"type": "string", "format": "date"}}
    for name, text in (("from", "First day (Kyiv); six before the last if left out"), ("to", "Last day; today"))
]
_GRAIN: Final = {"name": "by", "in": "query", "schema": {"enum": ["day", "hour"], "default": "day"}}
_IDENTIFIER: Final = {
    "parameters": [{"name": "identifier", "in": "path", "required": True, "schema": {"type": "string"}}]
}
_STATUS: Final = {
    "type": "object",
    "required": ["application", "status"],
    "properties": {
        "application": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "status": {"enum": ["awaiting-confirmation", "confirmed"]},
    },
}


def description(server: str, applications: str) -> dict[str, Any]:
    """Return the whole description; `server` is the portal's address, `applications` the one that takes those."""
    entry = ApplicationEntry.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = {
        **OWN_SCHEMAS,
        **entry.pop("$defs", {}),
        "Application": entry,
        "ApplicationStatus": _STATUS,
        "Problem": _problem(),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "AIKOM Access: API for OIS", "version": VERSION},
        "servers": [{"url": server}],
        "paths": {f"/api/v1{path}": _at(path, item, server, applications) for path, item in _paths().items()},
        "components": {"schemas": schemas, "securitySchemes": {"ois": {"type": "http", "scheme": "bearer"}}},
    }


def _at(path: str, item: dict[str, Any], server: str, applications: str) -> dict[str, Any]:
    """The item, with the address that it has where that is another one."""
    is_elsewhere = applications != server and path.startswith(_OF_PUBLIC)
    return {**item, "servers": [{"url": applications}]} if is_elsewhere else item


def _paths() -> dict[str, Any]:
    return {
        "/openapi.json": {"get": _operation("description", "This document", {"200": {"description": "OpenAPI 3.1"}})},
        "/ois/self": {"get": _own("self", "State of the OIS that asks", "Self")},
        "/ois/mandates": {"get": _own("mandates", "Its mandates that changed", "Mandates") | _AFTER},
        "/ois/usage": {"get": _own("usage", "Its calls by institution and right", "Usage") | _over(_GRAIN)},
        "/ois/refusals": {"get": _own("refusals", "What was refused and what to do", "Refusals") | _over()},
        "/sandbox/runs": {
            "get": _own("runs", "Runs of its self-test", "Runs"),
            "post": _own("beginRun", "Begin a run of the self-test in the sandbox", "BegunRun", status="201"),
        },
        "/sandbox/runs/{identifier}": {
            "get": _own("run", "A run: what it waits for, or its report", "Run") | _IDENTIFIER
        },
        "/ois/applications": {"post": _apply()},
        "/ois/applications/{identifier}": {"get": _application_status()},
    }


def _apply() -> dict[str, Any]:
    answers = {"202": _answer("ApplicationStatus", "Taken in; a link goes to the e-mail")}
    answers |= dict.fromkeys(("400", "415", "422", "429", "503"), _PROBLEM)
    key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "minLength": 8, "maxLength": 200}}
    body = {"required": True, "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Application"}}}}
    return _operation("apply", "Apply for the connection of an OIS", answers) | {
        "parameters": [key],
        "requestBody": body,
    }


def _application_status() -> dict[str, Any]:
    answers = {"200": _answer("ApplicationStatus", "How far it is"), "404": _PROBLEM, "503": _PROBLEM}
    return _operation("application", "Whether the e-mail was confirmed", answers) | _IDENTIFIER


def _own(name: str, summary: str, schema: str, status: str = "200") -> dict[str, Any]:
    """What an OIS asks with the token of its own client: below `/sandbox` the sandbox's, elsewhere the real one's."""
    answers = {status: _answer(schema, summary)}
    answers |= dict.fromkeys(("400", "401", "403", "404", "409", "429", "503"), _PROBLEM)
    return _operation(name, summary, answers) | {"security": [{"ois": []}]}


def _over(*more: dict[str, Any]) -> dict[str, Any]:
    """Parameters of what is asked for days."""
    return {"parameters": [*_DAYS, *more]}


def _operation(name: str, summary: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "responses": answers}


def _answer(schema: str, description: str) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    words = {"type": "array", "items": text}
    places = dict.fromkeys(("field", "parameter", "pointer", "code", "detail"), text)
    error = {"type": "object", "properties": {**places, "got": {"anyOf": [text, words]}, "allowed": words}}
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail", "request_id"],
        "properties": {
            **dict.fromkeys(("type", "title", "detail", "request_id"), text),
            "status": {"type": "integer"},
            "errors": {"type": "array", "items": error},
        },
    }
