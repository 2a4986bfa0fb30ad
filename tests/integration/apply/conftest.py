"""A realm with an office: the parts of plan and apply, wired as the command line wires them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.lifecycle.apply import Applied, apply
from provisioning.lifecycle.planning import Survey, survey
from provisioning.lifecycle.workshop import Workshop
from provisioning.planning.guards import Guard
from tests.support.configuration import Folder
from tests.support.realm import Realm


@dataclass(frozen=True)
class Office:
    """Where an administrator works: a folder of YAML, a realm, a ledger."""

    folder: Folder
    realm: Realm
    ledger: Ledger

    def survey(self, allowed: dict[Guard, int] | None = None) -> Survey:
        return survey(self.folder.load(), self.realm.settings, self.realm.connection, self.ledger, allowed=allowed)

    def apply(self, allowed: dict[Guard, int] | None = None) -> Applied:
        found = self.survey(allowed)
        return apply(Workshop(self.realm.connection, self.ledger, found.context, "staff:test"), found)


@pytest.fixture(scope="module")
def office(realm: Realm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    ledger = open_ledger(realm.settings.database_url)
    yield Office(Folder(Path(tmp_path_factory.mktemp("config")) / "realm-config"), realm, ledger)
    ledger.close()
