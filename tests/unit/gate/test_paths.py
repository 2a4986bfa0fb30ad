"""docs/security.md rows 9, 18, 19: one reading of a path, or none."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.urls import iri_to_uri

from provisioning.gate.paths import LONGEST_PATH, canonical_segments
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import LONGEST_TARGET, Credentials, ProtocolCall, read_authorization, read_target


@pytest.mark.parametrize(
    ("path", "segments"),
    [
        ("/", ()),
        ("/v1/institutions", ("v1", "institutions")),
        ("/v1/a.b/...", ("v1", "a.b", "...")),
        ("/v1/5-%D0%90", ("v1", "5-%D0%90")),
        ("/v1/5-%d0%90", ("v1", "5-%d0%90")),
        ("/v1/5%20%D0%90/%d0%9a%20%20x", ("v1", "5%20%D0%90", "%d0%9a%20%20x")),
        ("/a/b:c@d!$&'()*+,=~_-", ("a", "b:c@d!$&'()*+,=~_-")),
    ],
)
def test_a_path_in_its_one_form_is_taken_apart(path: str, segments: tuple[str, ...]) -> None:
    assert canonical_segments(path) == segments


@pytest.mark.parametrize(
    "path",
    [
        "",
        "v1",
        "//",
        "/v1//students",
        "/v1/",
        "/./v1",
        "/v1/.",
        "/v1/..",
        "/v1/../v2",
        "/v1/%2e%2e/v2",
        "/v1/%2E/v2",
        "/v1/.%2e/v2",
        "/v1/a%2fb",
        "/v1/a%2Fb",
        "/v1/a%5cb",
        "/v1/a\\b",
        "/v1/a;b",
        "/v1/a%3Bb",
        "/v1/a%00",
        "/v1/a%0d%0a",
        "/v1/a%252e",
        "/v1/a%25",
        "/v1/%61",
        "/v1/%7E",
        "/v1/%20",
        "/v1/%20a",
        "/v1/a%20",
        "/v1/a%20/b",
        "/v1/.%20.%20/b",
        "/v1/%D0%20%90",
        "/v1/%2%200",
        "/v1/a+%2B",
        "/v1/%c0%ae",
        "/v1/%e2%80%ae",
        "/v1/%D0",
        "/v1/%D0%9",
        "/v1/%C0%AE",
        "/v1/%ED%A0%80",
        "/v1/%F5%80%80%80",
        "/v1/%E2%80%AE",
        "/v1/%C2%85",
        "/v1/%",
        "/v1/%zz",
        "/v1/а",
        "/v1/a b",
        "/v1/a\tb",
        "/v1/a\n",
        "/v1/a#b",
        "/v1/a?b",
        "/v1/a|b",
        "/v1/{a}",
        "/v1/[a]",
        "/v1/a^",
        '/v1/"',
        "/v1/<",
        "/v1/`",
        "/" + "a" * LONGEST_PATH,
        "http://other.example/v1",
    ],
)
def test_a_path_that_could_be_read_in_another_way_is_refused(path: str) -> None:
    assert canonical_segments(path) is None


@given(st.text(alphabet="/.%2eEfF5cC;\\aA0", max_size=30).map(lambda text: f"/{text}"))
def test_decoding_and_normalising_change_nothing_about_a_path_that_is_taken(path: str) -> None:
    segments = canonical_segments(path)
    if not segments:
        return
    decoded = unquote(path, errors="strict")
    assert "/" + "/".join(segments) == path
    assert decoded.split("/")[1:] == [unquote(segment) for segment in segments]
    assert not {"", ".", ".."} & {part.strip() for part in decoded.split("/")[1:]}
    assert unquote(decoded) == decoded


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5))
def test_text_that_is_encoded_as_the_standard_says_is_taken_or_unprintable(words: list[str]) -> None:
    path = "/" + "/".join(quote(word.encode("utf-8", "surrogatepass"), safe="") for word in words)
    segments = canonical_segments(path)
    if segments is not None:
        assert [unquote(segment) for segment in segments] == words
        assert iri_to_uri(path) == path


@pytest.mark.parametrize("method", ["", "GET ", "G\u0415T", "GET\r\n", "A" * 21, "GET/1", "П"])
def test_a_method_that_is_no_word_is_refused(method: str) -> None:
    assert read_target(method, "/v1") is Reason.REQUEST_UNREADABLE


def test_a_method_counts_as_it_was_sent() -> None:
    assert read_target("get", "/v1?_method=DELETE") == ProtocolCall("get", ("v1",))  # type: ignore[arg-type]


@pytest.mark.parametrize("target", ["", "*", "v1", "/v1 ", "/v1?a b", "/v1?\x00", "/v1?é", "/" + "a?" * LONGEST_TARGET])
def test_a_target_that_is_not_visible_ascii_is_refused(target: str) -> None:
    assert read_target("GET", target) is Reason.REQUEST_UNREADABLE


@pytest.mark.parametrize(
    "query",
    ["access_token=a", "a=b&access_token", "ACCESS_TOKEN=a", "acc%65ss_token=a", "a;access_token=b", "%41ccess_token="],
)
def test_a_token_in_the_query_is_refused(query: str) -> None:
    assert read_target("GET", f"/v1?{query}") is Reason.TOKEN_IN_QUERY


@pytest.mark.parametrize("query", ["", "a=access_token", "my_access_token_count=1", "page=2&year=2026", "?", "a=%zz"])
def test_another_query_is_none_of_the_gate_s_business(query: str) -> None:
    assert isinstance(read_target("GET", f"/v1?{query}"), ProtocolCall)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Bearer a.b.c", Credentials("a.b.c", is_proven=False)),
        ("bearer a.b.c", Credentials("a.b.c", is_proven=False)),
        ("BEARER   a.b.c", Credentials("a.b.c", is_proven=False)),
        ("DPoP a.b.c", Credentials("a.b.c", is_proven=True)),
        ("dpop a.b.c", Credentials("a.b.c", is_proven=True)),
        ("DPoP a.b.c,Bearer a.b.c", Reason.TWO_TOKENS),
        ("DPoPa.b.c", Reason.NO_TOKEN),
        (None, Reason.NO_TOKEN),
        ("", Reason.NO_TOKEN),
        ("Bearer", Reason.NO_TOKEN),
        ("Bearer ", Reason.NO_TOKEN),
        ("Basic YTpi", Reason.NO_TOKEN),
        ("Bearer a b", Reason.NO_TOKEN),
        ("Bearer a.b.c,Bearer d.e.f", Reason.TWO_TOKENS),
        ("Bearer a.b.c, Basic YTpi", Reason.TWO_TOKENS),
        ("Basic YTpi,Bearer a.b.c", Reason.TWO_TOKENS),
    ],
)
def test_one_bearer_token_is_read_and_anything_else_refused(header: str | None, found: Credentials | Reason) -> None:
    assert read_authorization(header) == found
