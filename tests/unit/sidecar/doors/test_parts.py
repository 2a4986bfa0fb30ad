"""A part is there for its own application only, and one that is missing says which."""

from __future__ import annotations

import pytest
from flask import Flask

from sidecar.doors.parts import Part, PartMissing

NUMBER = Part[int]("number")


def test_each_application_has_its_own() -> None:
    one, other, without = Flask("one"), Flask("other"), Flask("without")
    NUMBER.register(one, 1)
    NUMBER.register(other, 2)
    for app, number in ((one, 1), (other, 2)):
        with app.app_context():
            assert (NUMBER(), NUMBER.of(app), NUMBER.is_there) == (number, number, True)
    with without.app_context():
        assert not NUMBER.is_there
        with pytest.raises(PartMissing, match="this application has no number"):
            NUMBER()


def test_two_parts_do_not_meet() -> None:
    app, text = Flask("one"), Part[str]("text")
    NUMBER.register(app, 1)
    text.register(app, "one")
    assert (NUMBER.of(app), text.of(app)) == (1, "one")
