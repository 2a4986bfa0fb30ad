"""What cannot be undone wants password and second factor of the last minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sidecar.auth.identity import proved_at
from sidecar.auth.session import FRESH_FOR
from tests.support import sidecar_people as people
from tests.support.sidecar_running import Sidecar, signed_in

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
ROTATE = "/account/keys/rotate"


def test_a_page_asks_for_them_again_and_comes_back(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    sidecar.clock.advance(FRESH_FOR - timedelta(seconds=1))
    assert client.get(ROTATE, headers=PAGE).status_code == 200
    sidecar.clock.advance(timedelta(seconds=1))
    answer = client.get(ROTATE, headers=PAGE)
    assert (answer.status_code, answer.location) == (302, f"/auth/login?next={ROTATE}&fresh=yes")
    asked = client.get(answer.location)
    assert "max_age=0" in asked.location


def test_a_form_that_comes_too_late_changes_nothing_and_says_what_to_do(sidecar: Sidecar) -> None:
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    client = sidecar.signed_in(people.SCHOOL)
    sidecar.clock.advance(FRESH_FOR)
    answer = client.post(ROTATE, data={"overlap": "0"}, headers=PAGE)
    assert answer.status_code == 403
    assert "Підтвердьте ще раз" in answer.text


@pytest.mark.parametrize("offset", [timedelta(hours=1), timedelta(days=-1)])
def test_a_login_of_another_time_proves_nothing_now(sidecar: Sidecar, offset: timedelta) -> None:
    now = sidecar.clock()
    client = signed_in(sidecar.app, people.SCHOOL, now, now + offset)
    assert client.get(ROTATE, headers=PAGE).status_code == 302


@pytest.mark.parametrize("value", [None, True, "1", 1.5, 10**30, -(10**30)])
def test_a_token_that_does_not_say_when_proves_nothing(value: object) -> None:
    assert proved_at({"auth_time": value}) is None


def test_the_time_of_the_login_is_the_tokens() -> None:
    assert proved_at({"auth_time": 1_700_000_000}) == datetime.fromtimestamp(1_700_000_000, UTC)
