"""The public list of connected OIS. Source: order cl. 5."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sidecar.directory.source import ConnectedOis
from sidecar.services import EXTENSION
from tests.support import sidecar_people as people
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

DIARY = ConnectedOis(
    slug="shchodennyk",
    name="Щоденник <Плюс>",
    operator="ТОВ «Вигадка»",
    site="https://diary.example.ua",
    rights=("students.read", "marks.write"),
    connected_at=datetime(2026, 11, 20, 8, tzinfo=UTC),
)


class _Listed:
    """A source that knows one OIS."""

    def connected(self) -> tuple[ConnectedOis, ...]:
        return (DIARY,)


def _with_one(sidecar: Sidecar) -> Sidecar:
    services = sidecar.app.extensions[EXTENSION]
    sidecar.app.extensions[EXTENSION] = replace(services, directory=_Listed())
    return sidecar


def test_an_empty_list_says_so_to_people_and_programs(sidecar: Sidecar) -> None:
    assert "Жодної ОІС ще не підключено" in sidecar.client().get("/ois").get_data(as_text=True)
    assert sidecar.client().get("/ois.json").get_json() == {"connected": [], "count": 0}


def test_a_connected_ois_is_on_the_page_and_in_the_document(sidecar: Sidecar) -> None:
    client = _with_one(sidecar).client()
    page = client.get("/ois").get_data(as_text=True)
    assert "Підключено 1 систему." in page
    assert "Щоденник &lt;Плюс&gt;" in page
    assert client.get("/ois.json").get_json() == {
        "count": 1,
        "connected": [
            {
                "slug": "shchodennyk",
                "name": "Щоденник <Плюс>",
                "operator": "ТОВ «Вигадка»",
                "site": "https://diary.example.ua",
                "rights": ["marks.write", "students.read"],
                "connected_at": "2026-11-20T08:00:00+00:00",
            }
        ],
    }


def test_an_unchanged_list_is_not_sent_again(sidecar: Sidecar) -> None:
    for path in ("/ois", "/ois.json"):
        client = sidecar.client()
        etag = client.get(path).headers["ETag"]
        again = client.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")


def test_a_changed_list_has_another_etag(sidecar: Sidecar) -> None:
    before = sidecar.client().get("/ois.json").headers["ETag"]
    assert _with_one(sidecar).client().get("/ois.json", headers={"If-None-Match": before}).status_code == 200


def test_the_document_is_public_and_the_page_is_the_visitors(sidecar: Sidecar) -> None:
    document = sidecar.signed_in(people.SCHOOL).get("/ois.json").headers
    assert document["Cache-Control"] == "public, max-age=60"
    assert document["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in document
    page = sidecar.signed_in(people.SCHOOL).get("/ois").headers
    assert {"private", "no-cache"} <= set(page["Cache-Control"].split(", "))
    assert {"Cookie", "Accept-Language"} <= set(page["Vary"].split(", "))
