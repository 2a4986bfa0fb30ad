"""The public list of connected OIS, in every form it has. Source: order cl. 5; docs/security.md row 30."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from provisioning.model.events import EventKind
from tests.support import sidecar_people as people
from tests.support.ois_listed import CONNECTED, SUSPENDED, event, record_ois
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PROGRAMS = ("/ois.json", "/ois.csv", "/ois.atom", "/ois.jws", "/ois/embed", "/.well-known/aikom-jwks.json")


@pytest.fixture
def listed(sidecar: Sidecar) -> Sidecar:
    record_ois(sidecar.ledger)
    return sidecar


def _page(sidecar: Sidecar, path: str) -> str:
    answer = sidecar.client().get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_an_empty_list_says_so_to_people_and_programs(sidecar: Sidecar) -> None:
    assert "Жодної ОІС ще не підключено" in _page(sidecar, "/ois")
    document = sidecar.client().get("/ois.json").get_json()
    assert (document["ois"], document["count"]) == ([], 0)


def test_the_page_shows_connected_and_suspended_ones_but_no_applicant(listed: Sidecar) -> None:
    page = _page(listed, "/ois")
    assert "Підключено 2 системи." in page
    assert "Щоденник &lt;Плюс&gt;" in page and "Зупинено: доступу зараз немає" in page
    assert "№ diary-7, чинний до 20 листопада 2027" in page
    assert "Новачок" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=щоденник", {CONNECTED}),
        ("q=ВИГАДКА", {CONNECTED, SUSPENDED}),
        ("q=02145719+формула", set()),
        ("q=formula", {SUSPENDED}),
        ("purpose=облік учнів", {SUSPENDED}),
        ("q=щоденник&purpose=облік учнів", set()),
        ("q=%", set()),
    ],
)
def test_the_page_is_searched_by_words_and_purpose(listed: Sidecar, query: str, found: set[str]) -> None:
    page = _page(listed, f"/ois?{query}")
    assert {slug for slug in (CONNECTED, SUSPENDED) if f'id="{slug}"' in page} == found


def test_the_document_has_every_line_with_its_facts(listed: Sidecar) -> None:
    diary, formula = sorted(listed.client().get("/ois.json").get_json()["ois"], key=lambda ois: str(ois["slug"]))
    assert diary == {
        "slug": "diary",
        "name": "Щоденник <Плюс>",
        "operator": "ТОВ «Вигадка»",
        "edrpou": "02145719",
        "site": "https://diary.example.ua",
        "standing": "connected",
        "purposes": ["електронний щоденник"],
        "rights": ["classes.read", "students.read"],
        "connected_at": "2026-11-24T12:00:00.000000Z",
        "suspended_at": None,
        "conclusion_number": "diary-7",
        "conclusion_until": "2027-11-20",
        "agreement_version": "1.0",
        "institutions": 2,
    }
    assert (formula["standing"], formula["institutions"]) == ("suspended", 0)


def test_the_table_opens_in_a_spreadsheet_and_no_cell_is_a_formula(listed: Sidecar) -> None:
    text = listed.client().get("/ois.csv").get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = {row["slug"]: row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))}
    assert rows[SUSPENDED]["name"] == "'=HYPERLINK(1)"
    assert rows[CONNECTED]["rights"] == "classes.read; students.read"
    assert not [cell for row in rows.values() for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_the_feed_tells_what_changed_newest_first(listed: Sidecar) -> None:
    answer = listed.client().get("/ois.atom", headers={"Accept-Language": "uk"})
    assert answer.mimetype == "application/atom+xml"
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(answer.data)  # noqa: S314 - our own answer
    entries = [(e.findtext(f"{atom}title"), e.findtext(f"{atom}updated")) for e in feed.iter(f"{atom}entry")]
    assert entries[0] == ("=HYPERLINK(1): Роботу ОІС призупинено", "2026-11-24T12:00:00Z")
    assert not any("Новачок" in str(title) for title, _ in entries)
    identifiers = [e.findtext(f"{atom}id") for e in feed.iter(f"{atom}entry")]
    assert len(set(identifiers)) == len(identifiers) == 5


def test_a_permanent_address_shows_what_became_of_an_ois(listed: Sidecar) -> None:
    assert "Висновок № diary-7" in _page(listed, "/ois/diary")
    with listed.ledger.transaction() as transaction:
        transaction.append([event(EventKind.OIS_TERMINATED, CONNECTED, reason="договір розірвано")])
    page = _page(listed, "/ois/diary")
    assert "Підключення припинено" in page and "Не передавайте ключ АРІ цій ОІС" in page
    assert 'id="diary"' not in _page(listed, "/ois")
    for unknown in ("/ois/newcomer", "/ois/nothing", "/ois/nothing/conclusion.jws", "/ois/newcomer/conclusion.jws"):
        assert listed.client().get(unknown).status_code == 404


def test_an_ois_whose_conclusion_has_run_out_is_shown_as_such(listed: Sidecar) -> None:
    listed.clock.advance(timedelta(days=362))
    standings = {ois["slug"]: ois["standing"] for ois in listed.client().get("/ois.json").get_json()["ois"]}
    assert standings == {CONNECTED: "conclusion-expired", SUSPENDED: "suspended"}


@pytest.mark.parametrize("path", ["/ois", "/ois/diary", *PROGRAMS])
def test_an_unchanged_list_is_not_sent_again(listed: Sidecar, path: str) -> None:
    client = listed.client()
    etag = client.get(path).headers["ETag"]
    listed.clock.advance(timedelta(minutes=1))
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/ois", "/ois.json", "/ois.csv", "/ois.atom", "/ois.jws"])
def test_a_changed_list_has_another_etag_at_once(listed: Sidecar, path: str) -> None:
    before = listed.client().get(path).headers["ETag"]
    with listed.ledger.transaction() as transaction:
        transaction.append([event(EventKind.OIS_SUSPENDED, CONNECTED, reason="перевірка")])
    assert listed.client().get(path, headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize("path", PROGRAMS)
def test_programs_of_other_sites_may_read_it_and_nothing_of_the_visitor_is_in_it(listed: Sidecar, path: str) -> None:
    headers = listed.signed_in(people.SCHOOL).get(path).headers
    assert headers["Cache-Control"] == "public, max-age=60"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in headers


def test_the_page_is_the_visitors(listed: Sidecar) -> None:
    headers = listed.signed_in(people.SCHOOL).get("/ois").headers
    assert {"private", "no-cache"} <= set(headers["Cache-Control"].split(", "))
    assert {"Cookie", "Accept-Language"} <= set(headers["Vary"].split(", "))
