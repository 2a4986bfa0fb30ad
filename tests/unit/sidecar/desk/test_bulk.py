"""Bulk deactivation at the desk: whom, why, preview, exact number, four eyes (order cl. 10)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from flask.testing import FlaskClient

from provisioning.ledger import Ledger, open_ledger
from provisioning.model.events import EventKind
from provisioning.model.records import AccountState
from provisioning.settings import Settings
from sidecar.app import create_app
from sidecar.desk.id_lists import MOST, pasted_ids, uploaded_ids
from tests.support import sidecar_people as people
from tests.support.ledger_events import data_of
from tests.support.ois_events import SLUG, connected, granted
from tests.support.sidecar_ledger import record_accounts
from tests.support.sidecar_names import AUTHORITY, DEACTIVATED, SCHOOL, SECOND_GENERATION
from tests.support.sidecar_running import MovableClock, Sidecar, close

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
WHY = {"reason": "cyber-incident", "document": "Наказ № 14", "date": "2026-11-20"}
BELOW = {**WHY, "by": "authority", "authority": AUTHORITY}


@pytest.fixture
def four_eyes(sidecar_settings: Settings, tmp_path: Path) -> Iterator[Sidecar]:
    """The sidecar of an installation where a second administrator approves."""
    folder = Path(copytree(sidecar_settings.config_dir, tmp_path / "config"))
    policy = folder / "realm.yaml"
    text = policy.read_text(encoding="utf-8").replace("bulk_approval: single", "bulk_approval: four-eyes")
    policy.write_text(text, encoding="utf-8")
    clock = MovableClock()
    ledger = open_ledger(sidecar_settings.database_url, clock=clock)
    record_accounts(ledger)
    app = create_app(Settings({**sidecar_settings.values, "AIKOM_CONFIG": str(folder)}), clock=clock)
    yield Sidecar(app, ledger, clock)
    close(app)
    ledger.close()


def signed_in(sidecar: Sidecar, username: str = "o.koval") -> FlaskClient:
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    return sidecar.signed_in(people.person(username, *people.ADMINISTRATOR.roles))


def state_of(ledger: Ledger, username: str) -> AccountState:
    with ledger.reader() as reader:
        record = reader.account(username)
    assert record is not None
    return record.state


def seen_in(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None, page
    return found[1]


def test_the_preview_says_who_ends_what_stops_and_who_ended_before(sidecar: Sidecar) -> None:
    page = signed_in(sidecar).post("/desk/bulk", data=BELOW, headers=PAGE).text
    assert "2 облікові записи" in page and "2 ключі АРІ" in page
    assert page.index(SCHOOL) < page.index("Уже деактивовані") < page.rindex(DEACTIVATED)
    assert state_of(sidecar.ledger, SCHOOL) is AccountState.ACTIVE


def test_the_decision_is_one_event_that_holds_at_once_and_its_page_shows_how_far_it_is(sidecar: Sidecar) -> None:
    desk = signed_in(sidecar)
    seen = seen_in(desk.post("/desk/bulk", data=BELOW, headers=PAGE).text)
    sent = desk.post("/desk/bulk/decide", data={**BELOW, "seen": seen, "number": "2"}, headers=PAGE)
    assert sent.status_code == 303
    assert state_of(sidecar.ledger, SCHOOL) is AccountState.DEACTIVATED
    with sidecar.ledger.reader() as reader:
        (decision,) = reader.events(kinds=[EventKind.DECISION_RECORDED])
    assert decision.actor == "staff:o.koval"
    assert data_of(decision)["accounts"] == [SCHOOL, SECOND_GENERATION]
    assert (data_of(decision)["reason"], data_of(decision)["document"]) == ("cyber-incident", "Наказ № 14")
    with sidecar.ledger.transaction() as transaction:
        transaction.finish_tasks([f"close:{SCHOOL}"])
    assert "1 / 2" in desk.get(sent.headers["Location"], headers=PAGE).text


@pytest.mark.parametrize("change", [{"number": "3"}, {"number": ""}, {"seen": "0" * 64}, {"date": "2026-11-25"}])
def test_another_number_or_another_selection_ends_nobody(sidecar: Sidecar, change: dict[str, str]) -> None:
    desk = signed_in(sidecar)
    seen = seen_in(desk.post("/desk/bulk", data=BELOW, headers=PAGE).text)
    data = {**BELOW, "seen": seen, "number": "2", **change}
    answer = desk.post("/desk/bulk/decide", data=data, headers=PAGE)
    assert answer.status_code == 422
    assert "form-error" in answer.text
    assert state_of(sidecar.ledger, SCHOOL) is AccountState.ACTIVE


@pytest.mark.parametrize(
    "change",
    [
        {"by": ""},
        {"authority": ""},
        {"authority": SCHOOL},
        {"by": "ois", "ois": ""},
        {"by": "list", "names": ""},
        {"by": "list", "names": f"{SCHOOL} школа"},
        {"by": "list", "names": "46-0000777"},
        {"by": "list", "names": " ".join(f"46-{number:07d}" for number in range(MOST + 1))},
        {"reason": "boredom"},
        {"document": ""},
    ],
)
def test_a_choice_that_lacks_something_goes_no_further(sidecar: Sidecar, change: dict[str, str]) -> None:
    answer = signed_in(sidecar).post("/desk/bulk", data={**BELOW, **change}, headers=PAGE)
    assert answer.status_code == 422
    assert "form-error" in answer.text
    assert 'name="seen"' not in answer.text


def test_all_that_used_an_ois_are_chosen_by_it(sidecar: Sidecar) -> None:
    with sidecar.ledger.transaction() as transaction:
        transaction.append([*connected(), granted(1, SCHOOL)])
    page = signed_in(sidecar).post("/desk/bulk", data={**WHY, "by": "ois", "ois": SLUG}, headers=PAGE).text
    assert SCHOOL in page and SECOND_GENERATION not in page


def test_a_file_and_what_was_pasted_are_taken_together(sidecar: Sidecar) -> None:
    file = (io.BytesIO(f"код;назва\n{SCHOOL};Ліцей\n".encode()), "list.csv")
    data = {**WHY, "by": "list", "names": SECOND_GENERATION, "file": file}
    page = signed_in(sidecar).post("/desk/bulk", data=data, headers=PAGE, content_type="multipart/form-data").text
    assert f'name="names" value="{SECOND_GENERATION} {SCHOOL}"' in page


def test_a_file_in_another_encoding_is_refused_in_words(sidecar: Sidecar) -> None:
    data = {**WHY, "by": "list", "file": (io.BytesIO("школа".encode("cp1251")), "list.txt")}
    answer = signed_in(sidecar).post("/desk/bulk", data=data, headers=PAGE, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "UTF-8" in answer.text


def test_under_four_eyes_it_is_a_proposal_that_somebody_else_approves(four_eyes: Sidecar) -> None:
    olena, andrii = signed_in(four_eyes), signed_in(four_eyes, "a.savchuk")
    seen = seen_in(olena.post("/desk/bulk", data=BELOW, headers=PAGE).text)
    sent = olena.post("/desk/bulk/decide", data={**BELOW, "seen": seen, "number": "2"}, headers=PAGE)
    where = sent.headers["Location"]
    assert state_of(four_eyes.ledger, SCHOOL) is AccountState.ACTIVE
    assert "/approve" not in olena.get(where, headers=PAGE).text
    assert olena.post(f"{where}/approve", data={"number": "2"}, headers=PAGE).status_code == 409
    assert "/approve" in andrii.get(where, headers=PAGE).text
    assert andrii.post(f"{where}/approve", data={"number": ""}, headers=PAGE).status_code == 422
    assert andrii.post(f"{where}/approve", data={"number": "3"}, headers=PAGE).status_code == 422
    assert state_of(four_eyes.ledger, SCHOOL) is AccountState.ACTIVE
    assert andrii.post(f"{where}/approve", data={"number": "2"}, headers=PAGE).status_code == 303
    assert state_of(four_eyes.ledger, SCHOOL) is AccountState.DEACTIVATED


def test_a_proposal_is_refused_with_a_reason(four_eyes: Sidecar) -> None:
    olena = signed_in(four_eyes)
    seen = seen_in(olena.post("/desk/bulk", data=BELOW, headers=PAGE).text)
    where = olena.post("/desk/bulk/decide", data={**BELOW, "seen": seen, "number": "2"}, headers=PAGE).location
    assert olena.post(f"{where}/refuse", data={"reason": ""}, headers=PAGE).status_code == 422
    assert olena.post(f"{where}/refuse", data={"reason": "хибна тривога"}, headers=PAGE).status_code == 303
    page = signed_in(four_eyes, "a.savchuk").get(where, headers=PAGE).text
    assert "хибна тривога" in page and "/approve" not in page


@pytest.mark.parametrize("address", ["/desk/bulk/proposals/999", "/desk/bulk/decisions/1", "/desk/bulk/decisions/999"])
def test_what_is_no_proposal_and_no_decision_does_not_exist(sidecar: Sidecar, address: str) -> None:
    assert signed_in(sidecar).get(address, headers=PAGE).status_code == 404


def test_lists_are_read_whatever_stands_between_their_codes() -> None:
    assert pasted_ids("46-0001234, 46-0001235-g2;\n46-0001234\t46-12").names == ("46-0001234", "46-0001235-g2")
    assert pasted_ids("46-0001234 46-12").wrong == ("46-12",)


def test_only_the_first_column_of_a_file_counts_and_its_head_does_not() -> None:
    content = "\ufeffid,name\n46-0001234,Ліцей\n\n'x',46-0001235\n".encode()
    assert uploaded_ids(content).names == ("46-0001234",)
    assert uploaded_ids(content).wrong == ("'x'",)
