"""Addresses, headers and bodies that are too large are refused by their size, with a page or a problem document.

Source: docs/security.md row 59.
"""

from __future__ import annotations

import re
from io import BytesIO, RawIOBase
from typing import Any

import pytest

from sidecar.doors.config import MAX_REQUEST_BYTES
from sidecar.frame.bounds import MAX_ADDRESS_BYTES, MAX_HEADER_BYTES
from tests.support import sidecar_people as people
from tests.support.sidecar_running import Sidecar
from tests.unit.sidecar.test_access_table import ADDRESSES, TABLE

pytest_plugins = ("tests.support.sidecar_fixtures",)


class Endless(BytesIO):
    """A body that nobody has to read: it fails the test when somebody does."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("the body was read")


def test_a_large_body_is_refused_on_every_route_by_its_stated_length(sidecar: Sidecar) -> None:
    answers = {}
    for method, rule in TABLE:
        if rule == "/onboarding/application/agreement":  # The upload takes ten megabytes.
            continue
        address = ADDRESSES.get(rule, rule)
        sent = {"CONTENT_LENGTH": str(MAX_REQUEST_BYTES + 1), "wsgi.input": Endless()}
        with sidecar.client().open(address, method=method, environ_overrides=sent) as answer:
            answers[method, rule] = (answer.status_code, answer.mimetype)
    assert {route: got for route, got in answers.items() if got != (413, "application/problem+json")} == {}


def test_a_body_of_no_stated_length_is_read_no_further_than_the_limit(sidecar: Sidecar) -> None:
    class Counting(RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any, /) -> int:
            Counting.taken += len(buffer)
            return len(buffer)

    sent = {
        "CONTENT_LENGTH": "",
        "wsgi.input": Counting(),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    answer = sidecar.client().post("/api/v1/ois/applications", environ_overrides=sent, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")  # What was cut off is no JSON.
    assert Counting.taken <= MAX_REQUEST_BYTES + 2 * 65_536


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_headers_and_addresses_that_are_too_large_are_answered_in_words(sidecar: Sidecar, accept: str) -> None:
    kind = "text/html" if accept == "text/html" else "application/problem+json"
    many = {f"X-Filler-{number}": "x" * 1_000 for number in range(MAX_HEADER_BYTES // 1_000 + 1)}
    refused = sidecar.client().get("/ois", headers={**many, "Accept": accept})
    assert (refused.status_code, refused.mimetype) == (431, kind)
    refused = sidecar.client().get(f"/ois?q={'x' * MAX_ADDRESS_BYTES}", headers={"Accept": accept})
    assert (refused.status_code, refused.mimetype) == (414, kind)
    assert sidecar.client().get(f"/ois?q={'x' * 200}", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("digits", [18, 19, 25, 5_000])
def test_a_number_that_no_database_holds_is_no_address(sidecar: Sidecar, digits: int) -> None:
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    administrator, stranger = sidecar.signed_in(people.ADMINISTRATOR), sidecar.client()
    numbered = [(method, rule) for method, rule in TABLE if "<int:" in rule]
    assert len(numbered) > 5
    for method, rule in numbered:
        address = re.sub(r"<int:\w+>", "9" * digits, rule)
        assert administrator.open(address, method=method).status_code in (404, 422), rule
        assert stranger.open(address, method=method).status_code in (302, 401, 404), rule
