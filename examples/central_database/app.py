"""The resource server: routes of the exchange protocol over the store, for callers whom the gate has let through.

The gate has decided already. This database checks again what it can see itself: right and sphere (order cl. 3).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from examples.central_database.caller import Caller, read_caller
from examples.central_database.register import Entry, read_register
from examples.central_database.routes import ROUTES, Route
from examples.central_database.store import Store
from sidecar.sandbox.invented import Record, invent

REGISTER: Final = "CENTRAL_DATABASE_REGISTER"
_PREFIX_WORDS: Final = 2
"""`/v1/institutions` comes before the institution's id."""


def create_app(register: Mapping[str, Entry]) -> Flask:
    """A database with every institution of the register in it."""
    app = Flask(__name__)
    store = Store(invent)
    for route in ROUTES:
        rule = route.path.replace("{", "<").replace("}", ">")
        view = _view(route, register, store)
        app.add_url_rule(rule, f"{route.method} {route.path}", view, methods=[route.method])
    app.before_request(_know_caller)
    app.after_request(_say_which_decision)
    return app


def app_from_environment() -> Flask:
    """The register's path is in the environment."""
    return create_app(read_register(Path(os.environ[REGISTER])))


def _know_caller() -> None:
    caller = read_caller(request.headers)
    if caller is None:
        raise Forbidden("no decision of the gate came with this request")
    g.caller = caller


def _say_which_decision(answer: Response) -> Response:
    caller: Caller | None = g.get("caller")
    if caller is not None:
        answer.headers["X-Aikom-Decision"] = caller.decision
    return answer


def _view(route: Route, register: Mapping[str, Entry], store: Store) -> Callable[..., Any]:
    def view(**words: str) -> Any:
        if route.right not in g.caller.rights:
            raise Forbidden(f"the right {route.right} is missing")
        if not words:
            return jsonify([_facts(entry) for entry in register.values() if _is_reached(entry, register)])
        entry = register.get(words["institution"])
        if entry is None:
            raise NotFound("no such institution")
        if not _is_reached(entry, register):
            raise Forbidden("outside the sphere of activity")
        return _answer(store, entry, _words_of(route, words))

    return view


def _is_reached(entry: Entry, register: Mapping[str, Entry]) -> bool:
    own = register.get(g.caller.institution)
    return g.caller.reaches(entry.sphere, is_authority=own is not None and own.is_authority)


def _words_of(route: Route, words: Mapping[str, str]) -> tuple[str, ...]:
    """The path below the institution, the words in braces filled in."""
    segments = route.path.strip("/").split("/")[_PREFIX_WORDS + 1 :]
    return tuple(words[part.strip("{}")] if part.startswith("{") else part for part in segments)


def _facts(entry: Entry) -> Record:
    return {"id": entry.id, "name": entry.name, "is_authority": entry.is_authority}


def _answer(store: Store, entry: Entry, path: tuple[str, ...]) -> Any:
    if not path:
        kept = store.put(entry.id, ("facts", "own"), _body()) if request.method == "PATCH" else None
        return jsonify(_facts(entry) | (kept or store.read(entry.id, ("facts", "own")) or {}) | {"id": entry.id})
    if len(path) % 2:
        if request.method == "POST":
            return jsonify(store.add(entry.id, path, _body())), 201
        return jsonify(store.list(entry.id, path))
    return _record_answer(store, entry, path)


def _record_answer(store: Store, entry: Entry, path: tuple[str, ...]) -> Any:
    match request.method:
        case "PUT":
            return jsonify(store.put(entry.id, path, _body()))
        case "DELETE":
            found = store.remove(entry.id, path)
            return ("", 204) if found else _missing()
        case "PATCH":
            record = store.change(entry.id, path, _body())
        case _:
            record = store.read(entry.id, path)
    return _missing() if record is None else jsonify(record)


def _missing() -> Any:
    raise NotFound("no such record")


def _body() -> Record:
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not all(isinstance(value, str | int) for value in body.values()):
        raise BadRequest("the body is a JSON object of texts and numbers")
    return body
