"""Links to pages of another part: `url_for` finds them by the routes of all parts, at the address of theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from flask import Flask
from werkzeug.routing import Map

from provisioning.settings import Settings
from sidecar.doors.served import Served, address_of

_HOST: Final = "localhost"
"""Routes know no host; the address is put before what they give."""


def init_elsewhere(
    app: Flask, settings: Settings, routes: Callable[[], Map], part_of: Callable[[str], Served | None]
) -> None:
    """Let `url_for` of this application lead to pages that it does not have itself."""

    def build(error: Exception, endpoint: str, values: dict[str, Any]) -> str:
        part = part_of(endpoint)
        if part is None:
            raise error
        given = {name: value for name, value in values.items() if not name.startswith("_")}
        path = routes().bind(_HOST).build(endpoint, given)
        anchor = values.get("_anchor")
        address = address_of(settings, part)
        own = "" if address == settings.sidecar_url and not values.get("_external") else address
        return own + path + (f"#{quote(str(anchor))}" if anchor else "")

    app.url_build_error_handlers.append(build)
