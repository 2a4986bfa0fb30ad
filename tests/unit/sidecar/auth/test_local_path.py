"""After sign-in one is always on this site, whatever `next` says. Source: docs/security.md row 25."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.auth.local_path import local_path

SITE = "https://access.example.ua"


@pytest.mark.parametrize("path", ["/", "/account", "/ois?lang=en", "/ois?q=%D0%BB#top", "/a/b.json"])
def test_a_local_path_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%5Cevil.example",
        "/%5cevil.example",
        "/%2Fevil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/%0d%0aSet-Cookie:a=b",
        "/account\r\nSet-Cookie: a=b",
        "https://evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\u2028/evil",
        "/" + "a" * 600,
        "//[",
        "",
        None,
    ],
)
def test_anything_else_becomes_the_home_page(path: str | None) -> None:
    assert local_path(path) == "/"


@given(st.text(alphabet=st.sampled_from("/\\.:@%25cCfF09adDA?#\t\r\n evil[]"), max_size=30))
def test_no_text_leads_to_another_site(text: str) -> None:
    target = local_path(text)
    # What browsers do before they resolve: drop tabs and line ends, read a backslash as a slash.
    as_browsers_read = target.translate({9: None, 10: None, 13: None}).replace("\\", "/")
    assert urlsplit(urljoin(SITE + "/auth/callback", as_browsers_read)).netloc == "access.example.ua"
