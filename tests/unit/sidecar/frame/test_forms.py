"""What cannot be undone is confirmed by a name that is typed out: exactly that one."""

from __future__ import annotations

import pytest
from flask_babel import lazy_gettext

from sidecar.frame.forms import Form, TypedName
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)


class Ending(Form):
    """A form as rooms make them."""

    confirmation = TypedName(lazy_gettext("Reason"), wrong=lazy_gettext("This is too long."))

    def __init__(self, expected: str | None) -> None:
        super().__init__()
        self.confirmation.expected = expected


@pytest.mark.parametrize(
    ("expected", "typed", "taken"),
    [
        ("46-0001234", "46-0001234", True),
        ("46-0001234", "  46-0001234\t", True),
        ("46-0001234", "46-0001235", False),
        ("46-0001234", "46-0001234-g2", False),
        ("46-0001234", "", False),
        ("", "", True),
        (None, "", False),
        (None, "None", False),
    ],
)
def test_only_the_expected_name_is_taken(sidecar: Sidecar, expected: str | None, typed: str, taken: bool) -> None:
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    with sidecar.app.test_request_context("/?lang=en", method="POST", data={"confirmation": typed}):
        form = Ending(expected)
        assert form.validate_on_submit() is taken
        assert [str(error) for error in form.confirmation.errors] == ([] if taken else ["This is too long."])


def test_a_form_that_bears_no_token_of_the_session_is_not_valid(sidecar: Sidecar) -> None:
    with sidecar.app.test_request_context("/", method="POST", data={"confirmation": "46-0001234"}):
        assert not Ending("46-0001234").validate_on_submit()


def test_without_being_set_no_name_is_right(sidecar: Sidecar) -> None:
    with sidecar.app.test_request_context("/"):
        form = Ending("46-0001234")
        assert not form.is_submitted() and not form.validate_on_submit()
