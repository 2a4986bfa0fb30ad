"""The drill where both stores are PostgreSQL's, as in production: each is put back by `pg_restore` to before decisions
that the other has taken in, and nothing that had ended is undone.

Source: docs/security.md row 40, order cl. 7, 8, 11, 12.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from provisioning.keycloak.lookups import require_client, require_user
from provisioning.ledger import open_ledger
from provisioning.ledger.proof.verification import verify
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.lifecycle.comparison.recovery import Recovered, recover
from provisioning.lifecycle.keys.cut_off import CutOffRequest, cut_off
from provisioning.lifecycle.mandates.agreeing import set_authority_grants
from provisioning.lifecycle.mandates.direct_use import set_direct_use
from provisioning.lifecycle.mandates.granting import Contract, grant, withdraw
from provisioning.lifecycle.ois.connection import suspend
from provisioning.model.cut_off import CutOffReason
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.ois import MandateState, OisState, Slug
from provisioning.model.secret import Secret
from provisioning.settings import Settings
from tests.support.configuration import Folder, school
from tests.support.database_backup import dump, put_back
from tests.support.mailcatcher import MailCatcher
from tests.support.office import Office
from tests.support.postgres import PostgresServer
from tests.support.postgres_keycloak import KeycloakOnPostgres, keycloak_on_postgres
from tests.support.realm import new_realm
from tests.support.third_party import ThirdParty, connected
from tests.support.token_reader import TokenReader

pytestmark = [pytest.mark.assure, pytest.mark.keycloak, pytest.mark.postgres]

DEAD, CUT, STOPPED, KEPT = (f"46-{number:07d}" for number in (1, 2, 3, 4))
DIARY, HALTED = Slug("diary"), Slug("halted")
WHY = Deactivation(DeactivationReason.CYBER_INCIDENT, "№ 12-о", date(2026, 11, 20))
RIGHTS = ("students.read", "staff.read")


@dataclass
class Site:
    """An installation with both databases in PostgreSQL, and what its institutions hold in their hands."""

    office: Office
    keycloak: KeycloakOnPostgres
    backups: Path
    diary: ThirdParty
    secrets: dict[str, Secret]

    @property
    def _stores(self) -> dict[str, str]:
        return {"ledger": self.office.realm.settings.database_url, "keycloak": self.keycloak.url}

    def back_up(self) -> None:
        for name, url in self._stores.items():
            dump(url, self.backups / name)

    def put_back(self, store: str) -> None:
        self.office.ledger.close()
        put_back(self._stores[store], self.backups / store)

    def recover(self, *, ledger_is_older: bool) -> Recovered:
        return recover(self.office.actor, ledger_is_older=ledger_is_older)

    def undone(self) -> list[str]:
        """Whatever had ended and lets anybody in again; empty when nothing does."""
        realm, found = self.office.realm, []
        for name in (DEAD, CUT):
            if self.office.token(f"api-{name}-k1", self.secrets[name]).status_code != 401:
                found.append(f"the key of {name} gets a token")
        if require_user(realm.admin, DEAD)["enabled"]:
            found.append(f"the login of {DEAD} is open")
        for name in (STOPPED, KEPT):
            token = self.office.access_token(f"api-{name}-k1", self.secrets[name])
            if self.diary.exchange(token).ok is not (name == KEPT):
                found.append(f"the mandate of {name} is not as it was")
        if require_client(realm.admin, f"ois-{HALTED}")["enabled"]:
            found.append("the suspended OIS is live")
        with self.office.ledger.reader() as reader:
            found += [m.id for m in reader.mandates(username=STOPPED) if m.state is MandateState.GRANTED]
            halted, stopped = reader.ois(HALTED), reader.account(STOPPED)
        assert halted is not None
        assert stopped is not None
        found += ["OIS"] * (halted.state is not OisState.SUSPENDED) + ["direct use"] * stopped.direct_use
        return found + ["grants by an authority"] * stopped.authority_grants


@pytest.fixture
def site(postgres_server: PostgresServer, mailcatcher: MailCatcher, tmp_path: Path) -> Iterator[Site]:
    """Four schools with keys; two of them let the diary work, and one has direct use besides."""
    urls = [postgres_server.create_database(f"drill_{name}") for name in ("ledger", "keycloak")]
    with keycloak_on_postgres(urls[1], tmp_path / "keycloak") as keycloak:
        realm = new_realm(keycloak.server, tmp_path, mailcatcher.url)
        realm = replace(realm, settings=Settings({**realm.settings.values, "AIKOM_DATABASE_URL": urls[0]}))
        reader = TokenReader.make(realm.admin, realm.url)
        office = Office(Folder(tmp_path / "realm-config"), realm, open_ledger(urls[0]), reader)
        office.folder.write(*(school(number) for number in range(1, 5)))
        office.apply()
        diary = ThirdParty(realm, DIARY)
        for party in (diary, ThirdParty(realm, HALTED)):
            connected(office.actor, party, RIGHTS)
        today = office.actor.today()
        for name in (STOPPED, KEPT):
            grant(office.actor, name, DIARY, Contract("12/2026", today))
        set_direct_use(office.actor, STOPPED, True)
        set_authority_grants(office.actor, STOPPED, True)
        secrets = {name: office.reveal(name) for name in (DEAD, CUT, STOPPED, KEPT)}
        (tmp_path / "backups").mkdir()
        yield Site(office, keycloak, tmp_path / "backups", diary, secrets)
        office.ledger.close()


def decide(site: Site) -> None:
    """What neither backup knows of."""
    actor = site.office.actor
    deactivate(actor, [DEAD], WHY)
    cut_off(actor, CUT, CutOffRequest(CutOffReason.INCIDENT, "staff:test"))
    withdraw(actor, f"{STOPPED}.{DIARY}.1", "кінець договору")
    set_direct_use(actor, STOPPED, False)
    set_authority_grants(actor, STOPPED, False)
    suspend(actor, HALTED, "перевірка")


def test_neither_store_put_back_alone_undoes_what_had_ended(site: Site) -> None:
    site.back_up()
    decide(site)
    assert site.undone() == []

    site.keycloak.stop()
    site.put_back("keycloak")
    site.keycloak.start()
    assert site.office.token(f"api-{DEAD}-k1", site.secrets[DEAD]).status_code == 200, "Keycloak is not the older one"
    older_keycloak = site.recover(ledger_is_older=False)
    assert site.undone() == []
    assert not older_keycloak.unconfirmed

    site.put_back("ledger")
    with site.office.ledger.reader() as reader:
        assert len([m for m in reader.all_mandates().values() if m.state is MandateState.GRANTED]) == 2
    older_ledger = site.recover(ledger_is_older=True)
    assert site.undone() == []
    assert [mandate.id for mandate in older_ledger.unconfirmed.mandates] == [f"{STOPPED}.{DIARY}.1"]
    assert (older_ledger.unconfirmed.direct_use, older_ledger.unconfirmed.ois) == ((STOPPED,), (HALTED,))
    assert older_ledger.unconfirmed.borne_out == 1
    again = site.recover(ledger_is_older=True)
    assert (bool(again.unconfirmed), again.converged.findings) == (False, ())
    with site.office.ledger.reader() as reader:
        assert verify(reader).defect is None
    print(f"0 undone on PostgreSQL. Older Keycloak: {older_keycloak}. Older ledger: {older_ledger}.")  # noqa: T201 - pytest -s shows it
