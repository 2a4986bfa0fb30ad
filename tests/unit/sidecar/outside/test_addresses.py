"""Which addresses may be asked: every notation of a forbidden one is refused. Source: docs/security.md row 26."""

from __future__ import annotations

import pytest

from sidecar.outside.addresses import Target, UrlFault, is_public, parse_target

REFUSED = {
    "http://diary.example.ua/": UrlFault.NOT_HTTPS,
    "ftp://diary.example.ua/": UrlFault.NOT_HTTPS,
    "file:///etc/passwd": UrlFault.NOT_HTTPS,
    "//diary.example.ua/": UrlFault.NOT_HTTPS,
    "diary.example.ua": UrlFault.NOT_HTTPS,
    "https://127.0.0.1/": UrlFault.NUMERIC_HOST,
    "https://2130706433/": UrlFault.NUMERIC_HOST,
    "https://0x7f000001/": UrlFault.NUMERIC_HOST,
    "https://0x7f.0.0.0x1/": UrlFault.NUMERIC_HOST,
    "https://017700000001/": UrlFault.NUMERIC_HOST,
    "https://127.1/": UrlFault.NUMERIC_HOST,
    "https://0/": UrlFault.NUMERIC_HOST,
    "https://127.0.0.1./": UrlFault.NUMERIC_HOST,
    "https://①②⑦.⓪.⓪.①/": UrlFault.NUMERIC_HOST,
    "https://[::1]/": UrlFault.NUMERIC_HOST,
    "https://[::ffff:127.0.0.1]/": UrlFault.NUMERIC_HOST,
    "https://[64:ff9b::7f00:1]/": UrlFault.NUMERIC_HOST,
    "https://localhost/": UrlFault.BAD_HOST,
    "https://-x.example.ua/": UrlFault.BAD_HOST,
    "https://a_b.example.ua/": UrlFault.BAD_HOST,
    "https://a..b/": UrlFault.BAD_HOST,
    "https://[::1/": UrlFault.BAD_HOST,
    f"https://{'a' * 64}.ua/": UrlFault.BAD_HOST,
    "https:///path": UrlFault.NO_HOST,
    "https://user@diary.example.ua/": UrlFault.CREDENTIALS,
    "https://diary.example.ua:x@127.0.0.1/": UrlFault.CREDENTIALS,
    "https://diary.example.ua/#part": UrlFault.FRAGMENT,
    "https://diary.example.ua:8443/": UrlFault.BAD_PORT,
    "https://diary.example.ua:22/": UrlFault.BAD_PORT,
    "https://diary.example.ua:0/": UrlFault.BAD_PORT,
    "https://diary.example.ua:99999/": UrlFault.BAD_HOST,
    "https://diary.example.ua\\@127.0.0.1/": UrlFault.STRANGE_CHARACTERS,
    "https://diary.example.ua/ a": UrlFault.STRANGE_CHARACTERS,
    "https://diary.example.ua/\r\nHost: x": UrlFault.STRANGE_CHARACTERS,
    "https://diary.example.ua/ключі": UrlFault.STRANGE_CHARACTERS,
    "https://diary.example.ua/" + "a" * 2000: UrlFault.TOO_LONG,
}


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_may_not_be_asked_is_refused_with_the_reason(url: str) -> None:
    assert parse_target(url) is REFUSED[url]


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://diary.example.ua", "diary.example.ua", "/"),
        ("https://Diary.Example.UA./.well-known/jwks.json?x=1", "diary.example.ua", "/.well-known/jwks.json?x=1"),
        ("https://щоденник.укр/jwks", "xn--d1acjinad1g.xn--j1amh", "/jwks"),
        ("https://diary.example.ua:443/", "diary.example.ua", "/"),
    ],
)
def test_an_ordinary_address_is_taken_apart(url: str, host: str, path: str) -> None:
    found = parse_target(url)
    assert isinstance(found, Target)
    assert (found.host, found.port, found.path) == (host, 443, path)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "::8.8.8.8"),
        *("64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::8.8.8.8", "2002:7f00:1::", "2001:0:1::", "nonsense", ""),
    ],
)
def test_addresses_that_are_not_public_are_known_in_every_wrapping(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
