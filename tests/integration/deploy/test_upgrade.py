"""`upgrade` brings an installation from before the parts to them: new roles, split secrets, nothing old that opens.

Source: docs/security.md row 65.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakAuthenticationError
from provisioning.ledger import open_ledger
from provisioning.ledger.powers import Part
from provisioning.ledger.proof.verification import verify
from provisioning.model.api_key_secret import digest
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.secret import Secret
from provisioning.settings import load_settings
from provisioning.stack.process import stop
from sidecar.doors.signing import Signer
from tests.support.before_parts import SAID_BEFORE, BeforeParts
from tests.support.composed import Composed, make_roles, make_secrets, placed, start_keycloak, wait_for_keycloak
from tests.support.documents import ROOT
from tests.support.postgres import PostgresServer

pytestmark = [pytest.mark.assure, pytest.mark.keycloak, pytest.mark.postgres]


@dataclass(frozen=True)
class Upgraded:
    """The installation after `upgrade`, and what there was before it."""

    composed: Composed
    before: BeforeParts
    database: PostgresServer
    said: str

    def secret(self, place: str) -> str:
        return (self.composed.folder / "secrets" / place).read_text(encoding="utf-8").strip()

    def opens(self, realm: str, secret: str) -> bool:
        """Whether the provisioning account of a realm has this secret."""
        url = f"http://127.0.0.1:{self.composed.ports['keycloak']}"
        try:
            KeycloakConnection(url, realm, "provisioning", Secret(secret.strip())).get("")
        except KeycloakAuthenticationError:
            return False
        return True


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    configuration = tmp_path_factory.mktemp("configuration") / "realm-config"
    shutil.copytree(ROOT / "realm-config", configuration)
    for file in (configuration / "institutions").glob("*.yaml"):
        if file.name != "00-ministry.yaml":
            file.unlink()
    with PostgresServer(durable=False) as database:
        composed = placed(tmp_path_factory.mktemp("composed"), configuration, database)
        before = BeforeParts(composed, database)
        before.make()
        (composed.folder / "secrets" / "keycloak").symlink_to(before.programs.parent / "keycloak")
        keycloak = start_keycloak(composed)
        wait_for_keycloak(composed)
        before.bootstrap()
        stop(keycloak, grace_s=5.0)
        (composed.folder / "secrets" / "keycloak").unlink()
        assert _connects(before.secret("ledger-url"))

        make_secrets(composed, database)
        make_roles(composed, database)
        keycloak = start_keycloak(composed)
        try:
            wait_for_keycloak(composed)
            yield Upgraded(composed, before, database, _upgrade(composed))
        finally:
            stop(keycloak, grace_s=2.0)


def _upgrade(composed: Composed) -> str:
    done = subprocess.run(
        ["bash", str(ROOT / "deploy" / "upgrade.sh")],
        env=composed.environment("upgrade"),
        cwd=composed.folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def _connects(url: str) -> bool:
    try:
        psycopg.connect(url.replace("+psycopg", "", 1)).close()
    except psycopg.OperationalError:
        return False
    return True


def test_the_old_role_cannot_sign_in_and_has_no_right(upgraded: Upgraded) -> None:
    assert not _connects(upgraded.before.secret("ledger-url"))
    with upgraded.database.connect("ledger") as connection:
        role = "SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'ledger'"
        assert connection.execute(role).fetchone() == (False, False)
        assert connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'ledger'").fetchone() == (None,)
        assert connection.execute("SELECT count(*) FROM ledger_power WHERE role = 'ledger'").fetchone() == (0,)
        may = """
            SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
            AND has_table_privilege('ledger', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"""
        assert connection.execute(may).fetchall() == []
        assert connection.execute("SELECT has_database_privilege('ledger', 'ledger', 'CONNECT')").fetchone() == (False,)
        kept = "SELECT has_function_privilege('ledger', 'ledger_access_keep(integer, integer, integer)', 'EXECUTE')"
        assert connection.execute(kept).fetchone() == (False,)


def test_no_password_of_the_old_folder_opens_the_database(upgraded: Upgraded) -> None:
    address = f"127.0.0.1:{upgraded.database.port}"
    for role, secret, name in (
        ("ledger_owner", "database-ledger-owner", "ledger"),
        ("keycloak", "database-keycloak", "keycloak"),
        ("sandbox", "database-sandbox", "sandbox"),
    ):
        assert not _connects(f"postgresql://{role}:{upgraded.before.secret(secret)}@{address}/{name}"), role
        fresh = upgraded.secret(f"roles/{secret}")
        assert _connects(f"postgresql://{role}:{fresh}@{address}/{name}"), role


def test_the_accounts_at_keycloak_have_other_secrets(upgraded: Upgraded) -> None:
    for realm, old, new in (
        ("aikom", "provisioning", "account/provisioning"),
        ("aikom-sandbox", "sandbox", "account-sandbox/sandbox"),
    ):
        assert upgraded.opens(realm, upgraded.secret(new))
        assert not upgraded.opens(realm, (upgraded.before.account / old).read_text(encoding="utf-8"))
    url = f"http://127.0.0.1:{upgraded.composed.ports['keycloak']}"
    account = Secret(upgraded.secret("account/provisioning"))
    client = KeycloakConnection(url, "aikom", "provisioning", account).get("/clients", clientId="sidecar")[0]
    assert digest(Secret(upgraded.secret("portal/sidecar-client"))) in client["attributes"].values()


def test_what_the_old_signing_key_signed_still_verifies(upgraded: Upgraded) -> None:
    published = json.loads(upgraded.secret("published/signing-keys-before"))["keys"]
    old = Signer(load_settings({"AIKOM_SIGNING_KEY": upgraded.before.secret("signing-key")})).jwks()["keys"]
    assert [key["x"] for key in published] == [key["x"] for key in old]
    assert all("d" not in key for key in published)


def test_nothing_that_all_programs_saw_is_in_use(upgraded: Upgraded) -> None:
    old = {file.read_text(encoding="utf-8").strip() for file in upgraded.before.programs.iterdir()}
    old |= {file.read_text(encoding="utf-8").strip() for file in upgraded.before.account.iterdir()}
    root = upgraded.composed.folder / "secrets"
    files = [file for file in root.rglob("*") if file.is_file() and root / "before" not in file.parents]
    assert len(files) > 30
    assert [file.name for file in files if file.read_text(encoding="utf-8").strip() in old] == []


def test_the_record_is_whole_and_each_part_works_on_it(upgraded: Upgraded) -> None:
    for part in Part:
        ledger = open_ledger(upgraded.secret(f"{part}/ledger-url"), create=False)
        with ledger.reader() as reader:
            assert AlarmRaised(what=SAID_BEFORE) in [event.content for event in reader.events(subject="realm")]
            if part is Part.PROVISIONING:
                assert verify(reader).defect is None
        ledger.close()


def test_it_may_be_repeated(upgraded: Upgraded) -> None:
    before = upgraded.secret("account/provisioning")
    make_roles(upgraded.composed, upgraded.database)
    assert "Nothing to change" in _upgrade(upgraded.composed)
    assert upgraded.secret("account/provisioning") == before
    test_the_old_role_cannot_sign_in_and_has_no_right(upgraded)
    test_what_the_old_signing_key_signed_still_verifies(upgraded)


def test_no_secret_is_said(upgraded: Upgraded) -> None:
    root = upgraded.composed.folder / "secrets"
    secrets = {file.read_text(encoding="utf-8").strip() for file in root.rglob("*") if file.is_file()}
    assert [secret for secret in secrets if secret in upgraded.said] == []
