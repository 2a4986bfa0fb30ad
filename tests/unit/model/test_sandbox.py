"""The sandbox has nobody of the real configuration in it, and settings that share nothing that opens anything."""

from __future__ import annotations

import pytest

from provisioning.model.sandbox import SCHOOLS, invented
from provisioning.registry import load_configuration
from provisioning.settings import VARIABLES, Settings, SettingsError, sandbox_settings, stop_within_s
from tests.support.configuration_folder import EXAMPLE

REAL = {name: f"real-{name.lower()}" for name in VARIABLES} | {
    "AIKOM_SANDBOX_REALM": "sandbox",
    "AIKOM_SANDBOX_SECRET": "s",
    "AIKOM_SANDBOX_DATABASE_URL": "sqlite:///sandbox",
}


def test_the_sandbox_has_the_real_rules_and_nobody_of_the_real_institutions_and_staff() -> None:
    real = load_configuration(EXAMPLE).require()
    made = invented(real)
    assert (made.rights, made.protocol, made.staff) == (real.rights, real.protocol, ())
    assert len(made.institutions) == SCHOOLS + 1
    assert not {i.id for i in made.institutions} & {i.id for i in real.institutions}
    assert {i.email.rpartition("@")[2] for i in made.institutions} == {"sandbox.invalid"}


def test_no_secret_and_no_database_of_the_real_installation_is_in_the_sandboxs_settings() -> None:
    own = sandbox_settings(Settings(REAL)).values
    shared = {name for name, value in own.items() if value == REAL[name]}
    assert shared == {
        "AIKOM_KEYCLOAK_URL",
        "AIKOM_KEYCLOAK_PUBLIC_URL",
        "AIKOM_PROVISIONING_CLIENT",
        "AIKOM_SIDECAR_URL",
        "AIKOM_PUBLIC_URL",
        "AIKOM_SMTP_URL",
        "AIKOM_CONFIG",
    }
    assert (own["AIKOM_REALM"], own["AIKOM_PROVISIONING_SECRET"]) == ("sandbox", "s")


@pytest.mark.parametrize(("name", "like"), [("REALM", "AIKOM_REALM"), ("DATABASE_URL", "AIKOM_DATABASE_URL")])
def test_a_sandbox_in_the_real_realm_or_ledger_is_refused(name: str, like: str) -> None:
    with pytest.raises(SettingsError):
        sandbox_settings(Settings({**REAL, f"AIKOM_SANDBOX_{name}": REAL[like]}))


@pytest.mark.parametrize("text", ["4", "61", "-5", "x", "٥"])
def test_an_ois_never_gets_more_than_a_minute_to_stop(text: str) -> None:
    with pytest.raises(SettingsError):
        stop_within_s(Settings({"AIKOM_SANDBOX_STOP_SECONDS": text}))
    assert stop_within_s(Settings({})) == 60
