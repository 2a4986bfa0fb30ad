"""`create_app`: wires the parts together. Holds no logic of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from flask import Flask, url_for
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from provisioning.lifecycle.realm_keys import fetch_key_set, key_set_url
from provisioning.settings import Settings, load_settings
from sidecar.applications.policies import Policies
from sidecar.applications.uploads import init_uploads
from sidecar.auth.guards import signed_in_or_none
from sidecar.auth.logout_hint import LogoutHint
from sidecar.auth.sso import SsoClient
from sidecar.blueprints import init_blueprints
from sidecar.directory.source import LedgerDirectory
from sidecar.doors.config import behind_tls, flask_config, loopback_hosts, trusted_proxies
from sidecar.doors.office import Office
from sidecar.doors.policy import house
from sidecar.doors.realm_keys import RealmKeys
from sidecar.doors.records import Records
from sidecar.doors.rollback import RollbackGuard
from sidecar.doors.services import EXTENSION, Services
from sidecar.doors.signing import Signer
from sidecar.frame.headers import init_headers
from sidecar.frame.languages import LANGUAGES, init_languages, language, switch_query
from sidecar.frame.limits import init_limits
from sidecar.frame.problems import init_problems
from sidecar.frame.traffic import init_traffic
from sidecar.health.keycloak import KeycloakProbe
from sidecar.outside.fetching import Outside
from sidecar.sandbox.services import sandbox_of


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


def create_app(settings: Settings | None = None, *, clock: Callable[[], datetime] = utc_now) -> Flask:
    """The application; settings are read from the environment when none are given.

    Raises SettingsError when one is missing or unusable. Contacts nothing: Keycloak and the ledger may come later.
    """
    settings = settings or load_settings()
    app = Flask(__name__)
    app.config.update(flask_config(settings))
    records = Records(settings.database_url, clock, RollbackGuard(settings))
    sso = SsoClient(app, settings)
    app.extensions[EXTENSION] = Services(
        settings=settings,
        clock=clock,
        records=records,
        office=Office(settings, records),
        directory=LedgerDirectory(records, clock),
        keycloak=KeycloakProbe(settings, clock),
        sso=sso,
        logout_hint=LogoutHint(settings.secret("AIKOM_SESSION_SECRET"), tls=behind_tls(settings)),
        policies=Policies(settings.config_dir),
        outside=Outside(loopback_hosts(settings)),
        signer=Signer(settings),
        realm_keys=RealmKeys(partial(fetch_key_set, key_set_url(settings))),
        sandbox=sandbox_of(settings, clock),
    )
    # The order matters: the request gets its id, then foreign writes are refused, then guards decide.
    init_headers(app, sso.origin, tls=behind_tls(settings))
    init_traffic(app)
    init_languages(app)
    init_uploads(app, "applicant.upload")
    init_blueprints(app, CSRFProtect(app))
    init_limits(app)
    init_problems(app)
    Bootstrap5(app)
    app.context_processor(_template_names)
    proxies = trusted_proxies(settings)
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]  # Flask's documented way.
    return app


def _template_names() -> dict[str, object]:
    return {
        "house": house(),
        "visitor": signed_in_or_none(),
        "language": language(),
        "languages": LANGUAGES,
        "switch_query": switch_query,
        "url_of": lambda endpoint: partial(url_for, endpoint),
    }
