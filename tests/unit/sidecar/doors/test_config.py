"""Settings that cannot be used are refused at the start, with the remedy."""

from __future__ import annotations

import pytest
from flask import request

from provisioning.settings import Settings, SettingsError
from sidecar.app import create_app
from tests.support.sidecar_running import close

pytest_plugins = ("tests.support.sidecar_fixtures",)


def _with(settings: Settings, **changed: str | None) -> Settings:
    values = {**settings.values, **changed}
    return Settings({name: value for name, value in values.items() if value is not None})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AIKOM_SESSION_SECRET", None),
        ("AIKOM_SESSION_SECRET", "short"),
        ("AIKOM_SIDECAR_SECRET", None),
        ("AIKOM_SIDECAR_URL", None),
        ("AIKOM_SIDECAR_URL", "access.example.ua"),
        ("AIKOM_SIDECAR_URL", "ftp://access.example.ua"),
        ("AIKOM_SIDECAR_URL", "https://access.example.ua/portal"),
        ("AIKOM_KEYCLOAK_URL", None),
        ("AIKOM_DATABASE_URL", None),
        ("AIKOM_TRUSTED_PROXIES", "nginx"),
        ("AIKOM_TRUSTED_PROXIES", "-1"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(sidecar_settings: Settings, name: str, value: str | None) -> None:
    with pytest.raises(SettingsError) as caught:
        create_app(_with(sidecar_settings, **{name: value}))
    assert name in caught.value.message + caught.value.remedy
    assert caught.value.remedy


def test_a_refused_secret_is_not_in_the_message(sidecar_settings: Settings) -> None:
    with pytest.raises(SettingsError) as caught:
        create_app(_with(sidecar_settings, AIKOM_SESSION_SECRET="too-short-canary"))
    assert "canary" not in caught.value.diagnostics()


@pytest.mark.parametrize(("proxies", "client"), [(None, "10.0.0.9"), ("1", "192.0.2.7"), ("2", "203.0.113.5")])
def test_only_configured_proxies_are_believed(sidecar_settings: Settings, proxies: str | None, client: str) -> None:
    app = create_app(_with(sidecar_settings, AIKOM_TRUSTED_PROXIES=proxies))
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(request.remote_addr))
    app.test_client().get(
        "/health/live",
        headers={"X-Forwarded-For": "203.0.113.5, 192.0.2.7"},
        environ_base={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert seen == [client]
    close(app)


def test_the_forwarded_host_never_gets_into_an_address(sidecar_settings: Settings) -> None:
    app = create_app(_with(sidecar_settings, AIKOM_TRUSTED_PROXIES="1"))
    headers = {"X-Forwarded-Host": "evil.example", "Host": "evil.example", "Accept": "text/html"}
    for path in ("/", "/auth/login", "/account"):
        response = app.test_client().get(path, headers=headers)
        assert "evil.example" not in response.get_data(as_text=True) + str(response.headers)
    close(app)
