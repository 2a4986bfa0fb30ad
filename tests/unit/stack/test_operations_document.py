"""docs/operations.md names every setting and every right; a new one without a line there fails here."""

from __future__ import annotations

from pathlib import Path

from provisioning.keycloak.bootstrap import PROVISIONING_ROLES
from provisioning.settings import VARIABLES
from provisioning.stack.port_choice import variable
from provisioning.stack.state import Port

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_setting_and_every_right_is_documented() -> None:
    names = [*VARIABLES, *PROVISIONING_ROLES, *map(variable, Port), *(f"--{port}-port" for port in Port)]
    assert [name for name in names if f"`{name}`" not in TEXT] == []
