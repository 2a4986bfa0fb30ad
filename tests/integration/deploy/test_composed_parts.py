"""docker-compose.yml without containers: its scripts, commands and settings bring a whole installation up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
import pytest
import requests

from provisioning.ledger.powers import PARTS, Part
from provisioning.stack.mail_store import MailStore
from tests.support.composed import Composed, running_composed
from tests.support.documents import ROOT
from tests.support.powers_page import processes

pytestmark = [pytest.mark.assure, pytest.mark.keycloak, pytest.mark.postgres]

SCHOOL = "00-0000101"


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    configuration = tmp_path_factory.mktemp("configuration") / "realm-config"
    shutil.copytree(ROOT / "realm-config", configuration)
    for file in (configuration / "institutions").glob("*.yaml"):
        if file.name != "00-ministry.yaml":
            file.unlink()
    with running_composed(tmp_path_factory.mktemp("composed"), configuration) as running:
        yield running


def test_setup_may_be_repeated_and_then_changes_nothing(composed: Composed) -> None:
    assert "Nothing to change" in composed.run("setup")


def test_an_api_key_gets_a_token_at_the_public_address(composed: Composed) -> None:
    secret = composed.run("provisioning", "provision", "keys", "reveal", SCHOOL).strip()
    answer = requests.post(
        f"{composed.keycloak}/realms/aikom/protocol/openid-connect/token",
        data={"grant_type": "client_credentials", "client_id": f"api-{SCHOOL}-k1", "client_secret": secret},
        timeout=30,
    )
    assert answer.status_code == 200
    names = requests.get(f"{composed.keycloak}/realms/aikom/.well-known/openid-configuration", timeout=30).json()
    assert names["issuer"] == f"{composed.keycloak}/realms/aikom"
    assert names["token_endpoint"].startswith(composed.keycloak)


def test_base_keys_are_mailed_with_links_that_browsers_reach(composed: Composed) -> None:
    texts = [mail.text for mail in MailStore(composed.folder / ".aikom" / "mail").all()]
    assert texts
    assert all(f"{composed.keycloak}/realms/aikom/" in text for text in texts)


def test_the_portal_sends_people_to_the_public_login_whatever_the_client_says_of_itself(composed: Composed) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    answer = requests.get(f"{composed.portal}/account", headers=forged, allow_redirects=False, timeout=30)
    while answer.is_redirect and answer.headers["Location"].startswith((composed.portal, "/")):
        next_one = requests.compat.urljoin(composed.portal, answer.headers["Location"])
        answer = requests.get(next_one, headers=forged, allow_redirects=False, timeout=30)
    assert answer.headers["Location"].startswith(f"{composed.keycloak}/realms/aikom/protocol/openid-connect/auth")
    assert "evil" not in answer.headers["Location"]


def test_staff_reach_their_console_and_nobody_the_master_realm(composed: Composed) -> None:
    assert requests.get(f"{composed.keycloak}/admin/aikom/console/", timeout=30).status_code == 200
    for path in ("/realms/master", "/realms/master/protocol/openid-connect/token", "/admin/master/console/"):
        assert requests.get(f"{composed.keycloak}{path}", timeout=30).status_code == 404


def test_an_address_that_floods_the_login_is_slowed_down(composed: Composed) -> None:
    form = f"{composed.keycloak}/realms/aikom/login-actions/authenticate"
    sent = [requests.post(form, data={"username": "x"}, timeout=30).status_code for _ in range(100)]
    assert 429 in sent
    assert sent.index(429) >= 60, "a whole office signs in behind one address"
    assert requests.get(form, timeout=30).status_code != 429
    assert requests.get(f"{composed.keycloak}/realms/aikom", timeout=30).status_code == 200


def test_the_gate_is_up_and_answers_nobody_outside(composed: Composed) -> None:
    inside = f"http://127.0.0.1:{composed.ports['gate']}/authz"
    secret = (composed.folder / "secrets" / "gate" / "gate").read_text(encoding="utf-8")
    asked = {"X-Aikom-Gate-Secret": secret, "X-Original-Method": "GET", "X-Original-URI": "/"}
    assert requests.get(inside, headers=asked, timeout=30).status_code == 401
    for path in ("/authz", "/authz/health", "//authz", "/%61uthz"):
        answer = requests.get(f"{composed.portal}{path}", headers=asked, timeout=30)
        assert answer.status_code == 404
        assert "nginx" in answer.text


@pytest.mark.parametrize("part", list(Part))
def test_a_part_has_its_own_role_with_its_own_rights_and_changes_nothing_that_is_recorded(
    composed: Composed, part: Part
) -> None:
    address = (composed.folder / "secrets" / part.value / "ledger-url").read_text(encoding="utf-8")
    with psycopg.connect(address.replace("+psycopg", "", 1), autocommit=True) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (f"ledger_{part}",)
        assert connection.execute("SELECT count(*) FROM ledger_event").fetchone() != (0,)
        for statement in (
            "UPDATE ledger_event SET actor = 'x'",
            "DELETE FROM ledger_event",
            "CREATE TABLE mine (id int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
    for database in ("sandbox", "keycloak"):
        assert _refuses(address, database), database
    owner = (composed.folder / "secrets" / "setup" / "ledger-url").read_text(encoding="utf-8")
    with psycopg.connect(owner.replace("+psycopg", "", 1)) as connection:
        held = "SELECT kind, actor FROM ledger_power WHERE role = %s"
        powers = connection.execute(held, (f"ledger_{part}",)).fetchall()
    assert set(powers) == {(str(one.kind), one.actor) for one in PARTS[part].kinds}


def test_the_sandboxs_role_opens_its_own_database_only(composed: Composed) -> None:
    address = (composed.folder / "secrets" / "sandbox" / "sandbox-url").read_text(encoding="utf-8")
    assert not _refuses(address, "sandbox")
    assert _refuses(address, "ledger")
    assert _refuses(address, "keycloak")


def _refuses(address: str, database: str) -> bool:
    """Whether the database lets the role of an address in."""
    try:
        psycopg.connect(address.replace("+psycopg", "", 1).rpartition("/")[0] + f"/{database}").close()
    except psycopg.OperationalError as error:
        assert "permission denied" in str(error)
        return True
    return False


def test_a_part_answers_its_own_pages_and_no_others(composed: Composed) -> None:
    pages = {"public": "/ois", "portal": "/api/v1/ois/self", "desk": "/desk", "sandbox": "/sandbox/v1/institutions"}
    for part in pages:
        for other, path in pages.items():
            answer = requests.get(f"http://127.0.0.1:{composed.ports[part]}{path}", timeout=30, allow_redirects=False)
            assert (answer.status_code == 404) is (other != part), (part, path, answer.status_code)


def test_a_page_links_to_the_part_that_has_the_other_page(composed: Composed) -> None:
    home = requests.get(f"{composed.portal}/", timeout=30).text
    assert 'href="/auth/login"' in home
    login = requests.get(f"{composed.desk}/desk", timeout=30, allow_redirects=False)
    while login.headers["Location"].startswith(("/", composed.desk)):
        following = requests.compat.urljoin(composed.desk, login.headers["Location"])
        login = requests.get(following, timeout=30, allow_redirects=False)
    form = requests.get(login.headers["Location"], timeout=30)
    assert form.status_code == 200, "Keycloak takes people back to the desk's own address"
    assert quote(f"{composed.desk}/auth/callback", safe="") in login.headers["Location"]


def test_the_cookie_of_one_part_is_not_another_ones(composed: Composed) -> None:
    names = set()
    for address in (f"{composed.portal}/auth/login", f"{composed.desk}/auth/login"):
        names.add(next(iter(requests.get(address, timeout=30, allow_redirects=False).cookies.keys())))
    assert names == {"aikom-portal", "aikom-desk"}


def test_the_processes_of_the_page_of_powers_have_these_roles_in_the_live_database(composed: Composed) -> None:
    file = composed.folder / "secrets" / "setup" / "ledger-url"
    with psycopg.connect(file.read_text(encoding="utf-8").replace("+psycopg", "", 1)) as connection:
        rows = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname NOT IN ('aikom', 'postgres')"
        ).fetchall()
    said = {role for process in processes().values() for role in process.roles}
    assert {str(name) for (name,) in rows} == said - {"postgres"}


def test_the_watch_does_its_duties_and_signs_the_ledger(composed: Composed) -> None:
    composed.run("watch", "provision", "watch", "--once")
    assert list((composed.folder / "checkpoints").iterdir())


def test_no_secret_is_in_a_log(composed: Composed) -> None:
    secrets = [path.read_text(encoding="utf-8") for path in (composed.folder / "secrets").rglob("*") if path.is_file()]
    logs = [path.read_text(encoding="utf-8", errors="replace") for path in composed.folder.glob("*.log")]
    assert secrets
    assert [text for text in logs if any(secret.strip() in text for secret in secrets)] == []
