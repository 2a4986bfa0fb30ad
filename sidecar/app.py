"""`create_app`: registers what the rooms of its process need and mounts their pages. Holds no logic of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from flask import Flask, url_for
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from provisioning.settings import PROVISIONING, Settings, load_settings, sandbox_settings
from sidecar.applications.uploads import init_uploads
from sidecar.auth.guards import signed_in_or_none
from sidecar.auth.logout_hint import init_logout_hint
from sidecar.auth.sign_in_proof import init_sign_in_proof
from sidecar.auth.sso import init_sso
from sidecar.blueprints import every_route, init_blueprints, part_of
from sidecar.directory.source import init_directory
from sidecar.doors.config import behind_tls, flask_config, form_targets, loopback_hosts, trusted_proxies
from sidecar.doors.office import init_office
from sidecar.doors.policy import house
from sidecar.doors.possession import init_possession
from sidecar.doors.realm_keys import init_realm_keys
from sidecar.doors.served import PAGES, SIGNING_IN, Served, init_served, served_parts, settings_here
from sidecar.doors.services import Clock, init_services
from sidecar.doors.signing import init_signing
from sidecar.frame.bounds import init_bounds
from sidecar.frame.elsewhere import init_elsewhere
from sidecar.frame.headers import init_headers
from sidecar.frame.languages import LANGUAGES, init_languages, language, switch_query
from sidecar.frame.limits import init_limits
from sidecar.frame.problems import init_problems
from sidecar.frame.traffic import init_texts, init_traffic
from sidecar.health.keycloak import init_keycloak
from sidecar.outside.fetching import init_outside
from sidecar.sandbox.services import init_sandbox


def utc_now() -> datetime:
    """Return the present time, UTC."""
    return datetime.now(UTC)


def create_app(settings: Settings | None = None, *, clock: Clock = utc_now) -> Flask:
    """Make the application. Settings are read from the environment when none are given.

    Raises SettingsError when one is missing or unusable. Contacts nothing: Keycloak and the ledger may come later.
    """
    given = (settings or load_settings()).without(PROVISIONING)
    parts = served_parts(given)
    settings = settings_here(given, parts)
    app = Flask(__name__)
    app.config.update(flask_config(settings, parts))
    init_served(app, parts)
    _register_rooms(app, settings, clock, parts)
    # The order matters: the request gets its id, then foreign writes are refused, then guards decide.
    init_headers(app, form_targets(settings), tls=behind_tls(settings))
    init_traffic(app, settings.sidecar_url)
    init_languages(app, tls=behind_tls(settings))
    init_uploads(app, "applicant.upload")
    init_elsewhere(app, settings, every_route, part_of)
    init_bounds(app)
    init_texts(app)
    init_blueprints(app, CSRFProtect(app), parts)
    init_limits(app)
    init_problems(app)
    Bootstrap5(app)
    app.context_processor(_template_names)
    proxies = trusted_proxies(settings)
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]  # Flask's documented way.
    return app


def _register_rooms(app: Flask, settings: Settings, clock: Clock, parts: frozenset[Served]) -> None:
    """Register what each part's rooms work with. A process without a line of these lacks its power, and its secret."""
    # The sandbox's process knows no ledger but the sandbox's.
    known = sandbox_settings(settings) if parts == {Served.SANDBOX} else settings
    init_services(app, known, clock)
    init_keycloak(app, known, clock)
    if parts & PAGES:
        init_office(app, settings)
    if Served.PUBLIC in parts:
        init_signing(app, settings)
        init_directory(app)
    if Served.PORTAL in parts:
        init_realm_keys(app, settings)
        init_possession(app, settings)
    if parts & SIGNING_IN:
        init_sso(app, settings)
        init_logout_hint(app, settings)
        init_sign_in_proof(app, settings)
        init_outside(app, loopback_hosts(settings))
        init_sandbox(app, settings, clock)


def _template_names() -> dict[str, object]:
    return {
        "house": house(),
        "visitor": signed_in_or_none(),
        "language": language(),
        "languages": LANGUAGES,
        "switch_query": switch_query,
        "url_of": lambda endpoint: partial(url_for, endpoint),
    }
