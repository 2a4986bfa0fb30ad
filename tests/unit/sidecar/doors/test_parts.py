"""A part is there for its own application only, and one that is missing says which."""

from __future__ import annotations

import pytest
from flask import Flask

from provisioning.settings import Settings
from sidecar.auth.sso import sso
from sidecar.directory import views
from sidecar.directory.source import init_directory
from sidecar.doors.office import office
from sidecar.doors.parts import Part, PartMissing
from sidecar.doors.services import init_services
from sidecar.doors.signing import signer
from tests.support.sidecar_running import Sidecar, close

pytest_plugins = ("tests.support.sidecar_fixtures",)

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


def test_an_application_with_the_public_list_alone_needs_no_secret(
    sidecar: Sidecar, sidecar_settings: Settings
) -> None:
    known = {k: v for k, v in sidecar_settings.values.items() if not k.endswith(("_SECRET", "_KEY"))}
    app = Flask("public")
    init_services(app, Settings(known), sidecar.clock)
    init_directory(app)
    app.register_blueprint(views.blueprint)
    try:
        assert app.test_client().get("/ois.json").get_json()["ois"] == []
        # What this application was not given it does not have: nobody signs, and nobody acts.
        for part in (signer, office, sso):
            with pytest.raises(PartMissing):
                part.of(app)
        app.testing = True
        with pytest.raises(PartMissing, match="this application has no signer"):
            app.test_client().get("/ois.jws")
    finally:
        close(app)
