"""docker-compose.yml says what the code and the folder say: names, paths, commands, settings, users, versions."""

from __future__ import annotations

import re

import pytest
import yaml
from click.testing import CliRunner

from provisioning.cli.main import cli
from provisioning.cli.stack.bootstrap import CLIENT_VARIABLE, SECRET_VARIABLE
from provisioning.settings import VARIABLES, Settings
from provisioning.stack.distribution import KEYCLOAK_VERSION
from provisioning.stack.keycloak_process import BOOTSTRAP_CLIENT
from provisioning.stack.paths import STATE_FOLDER
from sidecar.applications.uploads import MAX_BYTES
from sidecar.doors.served import Served, served_parts
from tests.support.compose import FOLDER_OF_APP, Service, compose, dockerfile, services
from tests.support.documents import ROOT

SERVICES = list(services().values())
OURS = [service for service in SERVICES if service.is_ours]
SCRIPTS = sorted((ROOT / "deploy").glob("*.sh"))
OF_SETUP = {CLIENT_VARIABLE, f"{SECRET_VARIABLE}_FILE", "LEDGER_OWNER_URL_FILE", "BEFORE", "SIGNING_KEYS_BEFORE"}


def _name(service: Service) -> str:
    return service.name


def test_the_parts_of_the_system_are_there() -> None:
    assert {"database", "roles", "keycloak", "setup", "provisioning", "watch", "mail", "proxy"} <= set(services())
    assert {part.value for part in Served} <= set(services())


@pytest.mark.parametrize("part", list(Served))
def test_each_part_is_a_service_that_serves_it_alone(part: Served) -> None:
    service = services()[part.value]
    if part is Served.GATE:
        assert service.commands[0][-1] == "sidecar.gate.wsgi:app"
    else:
        assert served_parts(Settings(service.environment)) == {part}
        assert service.commands[0][-1] == "sidecar.wsgi:app"


def test_no_key_stands_twice() -> None:
    # Compose refuses the file then; the library that the other tests read it with takes the last one.
    pending = [yaml.compose((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(set(keys)) == len(keys), keys
            pending += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            pending += node.value


@pytest.mark.parametrize("service", SERVICES, ids=_name)
def test_what_it_waits_for_exists_and_can_become_so(service: Service) -> None:
    for other, how in service.spec.get("depends_on", {}).items():
        waited = services()[other].spec
        if how["condition"] == "service_healthy":
            assert "healthcheck" in waited
        else:
            assert how["condition"] == "service_completed_successfully"
            assert waited["restart"] in {"no", "on-failure:5"}


@pytest.mark.parametrize("service", SERVICES, ids=_name)
def test_what_is_mounted_exists(service: Service) -> None:
    for source in service.mounts.values():
        assert (ROOT / source).exists() if source.startswith(".") else source in compose()["volumes"]


@pytest.mark.parametrize("service", SERVICES, ids=_name)
def test_it_does_not_run_as_root(service: Service) -> None:
    user = service.spec.get("user") or _last_user(service.spec["build"]["target"])
    assert user
    assert user not in {"root", "0"}


@pytest.mark.parametrize("service", [s for s in SERVICES if s.spec["restart"] == "unless-stopped"], ids=_name)
def test_what_keeps_running_says_whether_it_is_well(service: Service) -> None:
    assert service.spec["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("service", OURS, ids=_name)
def test_settings_are_known_to_the_code(service: Service) -> None:
    known = {*VARIABLES, *(f"{name}_FILE" for name in VARIABLES), *OF_SETUP}
    assert set(service.environment) - known == set()


@pytest.mark.parametrize("service", SERVICES, ids=_name)
def test_secrets_are_files_of_mounted_volumes_and_never_values(service: Service) -> None:
    for name, value in service.environment.items():
        if re.search(r"SECRET|PASSWORD|_KEY(_FILE)?$|_URL_FILE", name):
            assert any(value.startswith(target) for target in service.mounts), name


def test_commands_of_provision_exist() -> None:
    lines = [line for script in SCRIPTS for line in script.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    called = {line.split("provision ", 1)[1] for line in lines if "provision " in line}
    called |= {" ".join(c[1:]) for service in OURS for c in service.commands if c[0] == "provision"}
    assert len(called) >= 5
    for command in called:
        words = re.match(r"[a-z-]+( (grant|revoke|alive|checkpoint-key))?", command)
        assert words is not None
        assert CliRunner().invoke(cli, [*words[0].split(), "--help"]).exit_code == 0, command


def test_programs_that_are_started_as_files_or_modules_exist() -> None:
    for service in OURS:
        for command in service.commands:
            for word in command:
                if word.startswith("deploy/"):
                    assert (ROOT / word).is_file()
                if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", word):
                    assert (ROOT / (word.replace(".", "/") + ".py")).is_file()


def test_keycloak_is_the_version_the_code_knows_and_its_administrator_has_one_name() -> None:
    assert f"FROM keycloak/keycloak:{KEYCLOAK_VERSION} AS keycloak" in dockerfile()
    assert services()["keycloak"].environment["KC_BOOTSTRAP_ADMIN_CLIENT_ID"] == BOOTSTRAP_CLIENT
    assert services()["setup"].environment[CLIENT_VARIABLE] == BOOTSTRAP_CLIENT


def test_keycloak_is_named_as_browsers_reach_it() -> None:
    public = services()["keycloak"].environment["KC_HOSTNAME"]
    assert {service.environment.get("AIKOM_KEYCLOAK_PUBLIC_URL", public) for service in OURS} == {public}


def test_ports_agree() -> None:
    published = {entry.split(":")[1] for entry in services()["proxy"].spec["ports"]}
    listened = set(re.findall(r"listen (\d+);", (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")))
    environment = services()["watch"].environment
    addresses = ("AIKOM_SIDECAR_URL", "AIKOM_DESK_URL", "AIKOM_KEYCLOAK_PUBLIC_URL")
    public = {environment[name].rsplit(":", 1)[1] for name in addresses}
    assert published == listened == public
    assert all(entry.startswith("127.0.0.1:") for entry in services()["proxy"].spec["ports"])
    assert environment["AIKOM_SMTP_URL"].rsplit(":", 1)[1] in services()["mail"].spec["command"]


def test_the_proxy_lets_through_what_an_applicant_may_upload() -> None:
    allowed = re.search(r"client_max_body_size (\d+)m;", (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8"))
    assert allowed is not None
    assert MAX_BYTES < int(allowed[1]) * 1024 * 1024 <= MAX_BYTES * 1.2


def test_hosts_that_are_named_are_services() -> None:
    nginx = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    named = set(re.findall(r"set \$\w+ http://(\w+):", nginx))
    for service in SERVICES:
        named |= set(re.findall(r"\w+://(?:\w+@)?(\w+)", " ".join(service.environment.values())))
    assert named - {"localhost"} <= set(services())


def test_versions_are_pinned_and_no_registry_is_named() -> None:
    images = [service.spec["image"] for service in SERVICES if "build" not in service.spec]
    images += [line.split()[1] for line in dockerfile() if line.startswith("FROM ")]
    for image in images:
        name, _, tag = image.partition(":")
        assert re.search(r"\d+\.\d+", tag), image
        assert "." not in name.split("/")[0], image


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [service.name for service in SERVICES if "ports" in service.spec] == ["proxy"]
    assert {name for name, how in compose()["networks"].items() if not how.get("internal")} == {"outside"}


def test_what_the_images_are_made_of_exists_and_is_not_left_out() -> None:
    taken = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [line.removeprefix("!") for line in taken if line.startswith("!")]
    copies = [line.split()[1:-1] for line in dockerfile() if line.startswith("COPY ") and "--from" not in line]
    assert copies
    for source in (source for sources in copies for source in sources):
        assert (ROOT / source).exists()
        assert any(source == k or source.startswith(f"{k}/") or k.startswith(f"{source}/") for k in kept), source


def test_scripts_can_be_started() -> None:
    # PostgreSQL's image reads a script into its own shell when it may not start it.
    assert [script.name for script in SCRIPTS if not script.stat().st_mode & 0o100] == []


def test_mail_is_kept_where_the_commands_look_for_it() -> None:
    folder = f"{FOLDER_OF_APP}/{STATE_FOLDER}/mail"
    assert folder in services()["mail"].spec["command"]
    assert {services()[name].mounts[folder] for name in ("mail", "provisioning")} == {"data-mail"}


def _last_user(target: str) -> str | None:
    """The user that a stage of the Dockerfile ends with."""
    user, stage = None, ""
    for line in dockerfile():
        if line.startswith("FROM "):
            stage = line.split(" AS ")[1]
        if stage == target and line.startswith("USER "):
            user = line.split()[1]
    return user
