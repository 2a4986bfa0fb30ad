"""The templates of nginx and Caddy hand on and refuse what the written list says, header by header.

Source: docs/security.md row 64.
"""

from __future__ import annotations

import re

import pytest

from tests.support.proxy_headers import FOR_THE_GATE, HANDED_ON, LISTED, REFUSED, TEMPLATES, Treatment

NGINX = (TEMPLATES / "nginx.conf.template").read_text(encoding="utf-8")
CADDY = (TEMPLATES / "Caddyfile.template").read_text(encoding="utf-8")
TO_DATABASE = NGINX[NGINX.index("proxy_pass_request_headers off;") : NGINX.index("proxy_pass http://central_database;")]


def test_nginx_hands_on_what_the_list_says_under_its_own_name() -> None:
    found = re.findall(r"proxy_set_header (\S+) \$http_(\w+);", TO_DATABASE)
    assert {name for name, _ in found} == set(HANDED_ON)
    assert [name for name, variable in found if name.lower().replace("-", "_") != variable] == []


def test_nginx_adds_nothing_but_the_gates_and_the_hosts_name() -> None:
    named = re.findall(r"proxy_set_header (\S+) ", TO_DATABASE)
    assert len(named) == len(set(named))
    assert {name for name in named if not name.startswith("X-Aikom-")} == {*HANDED_ON, "Host"}


def test_caddy_keeps_and_puts_back_what_the_list_says() -> None:
    kept, back = (re.findall(rf"^\t\timport {word} (\S+)$", CADDY, re.MULTILINE) for word in ("keep", "put_back"))
    assert sorted(kept) == sorted([*HANDED_ON, *FOR_THE_GATE])
    assert sorted(back) == sorted([*HANDED_ON, *FOR_THE_GATE])
    assert CADDY.index("request_header -Authorization") < CADDY.index("import put_back Accept\n")


def test_the_gates_own_headers_go_no_further() -> None:
    asked = NGINX[NGINX.index("location = /.aikom/authz") :]
    for name in FOR_THE_GATE:
        assert f"proxy_set_header {name} $http_{name.lower()};" in asked
        assert CADDY.index(f"request_header -{name}") > CADDY.index(f"import put_back {name}")


def test_caddy_deletes_everything_before_it_asks() -> None:
    assert CADDY.rindex("import keep ") < CADDY.index("request_header -**") < CADDY.index("reverse_proxy @GATES@")


def test_both_refuse_what_the_list_says() -> None:
    nginx = set(re.findall(r'if \(\$http_(content_\w+) != ""\)', NGINX))
    caddy = set(re.findall(r"^\t\t@\w+ header (\S+) \*$", CADDY, re.MULTILINE))
    assert nginx == {name.lower().replace("-", "_") for name in REFUSED}
    assert caddy == set(REFUSED)


@pytest.mark.parametrize("name", sorted(LISTED))
def test_a_header_is_listed_once(name: str) -> None:
    assert isinstance(LISTED[name], Treatment)
    assert [other for other in LISTED if other.lower() == name.lower()] == [name]
