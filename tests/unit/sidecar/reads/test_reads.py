"""Each sees who reached its own data, the Administrator's people see everybody's. Order cl. 12."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest

from provisioning.ledger.operational.access import add_counts, counts, forget_counts
from provisioning.model.access import AccessCount
from provisioning.model.identifiers import InstitutionId
from sidecar.reads.summary import as_csv, summary
from tests.support import sidecar_people as people
from tests.support.sidecar_names import AUTHORITY, SCHOOL
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

OTHER = "46-0001235"


def count(at: datetime, reached: str = SCHOOL, by: str = SCHOOL, **changes: object) -> AccessCount:
    """Three requests that passed in the hour of `at`."""
    values: dict[str, object] = {
        "hour": at.replace(minute=0),
        "reached": InstitutionId(reached),
        "by": InstitutionId(by),
        "ois": "diary",
        "right": "students.read",
        "allowed": 3,
        "refused": 0,
        "first_refusal": None,
        "last_at": at,
    }
    return AccessCount(**(values | changes))  # type: ignore[arg-type]  # A test names the fields it changes.


@pytest.fixture
def counted(sidecar: Sidecar) -> Sidecar:
    """The school's data were read by its OIS and by its authority, another's too."""
    now = sidecar.clock()
    refused = count(now, right="staff.read", allowed=0, refused=2, first_refusal="right-not-of-ois")
    with sidecar.ledger.aside() as connection:
        add_counts(connection, [count(now), count(now - timedelta(hours=2)), refused])
        add_counts(connection, [count(now), count(now, by=AUTHORITY, ois=""), count(now, reached=OTHER, by=OTHER)])
        add_counts(connection, [count(now - timedelta(days=20))])
    return sidecar


def test_counts_of_one_hour_add_up_and_the_first_reason_stays(counted: Sidecar) -> None:
    now = counted.clock()
    again = count(now, right="staff.read", allowed=1, refused=1, first_refusal="outside-sphere")
    with counted.ledger.aside() as connection:
        add_counts(connection, [again])
    with counted.ledger.reader() as reader:
        found = {(c.hour, c.by, c.right): c for c in counts(reader, now - timedelta(days=1), now, reached=SCHOOL)}
    assert found[now.replace(minute=0), SCHOOL, "students.read"].allowed == 6
    staff = found[now.replace(minute=0), SCHOOL, "staff.read"]
    assert (staff.allowed, staff.refused, staff.first_refusal) == (1, 3, "right-not-of-ois")


def test_what_is_older_than_is_kept_is_forgotten(counted: Sidecar) -> None:
    now = counted.clock()
    with counted.ledger.aside() as connection:
        assert forget_counts(connection, now - timedelta(days=10), 100) == 1
        assert forget_counts(connection, now - timedelta(days=10), 100) == 0
    with counted.ledger.reader() as reader:
        assert len(list(counts(reader, now - timedelta(days=400), now))) == 5


def test_an_institution_sees_its_own_data_only(counted: Sidecar) -> None:
    page = counted.signed_in(people.SCHOOL).get("/account/reads?lang=en").get_data(as_text=True)
    assert "<td>9</td>" in page, "two hours of one OIS are one line"
    assert f"<code>{AUTHORITY}</code>" in page
    assert "none: direct use" in page
    assert "The OIS does not have the right that is needed" in page
    assert OTHER not in page
    ukrainian = counted.signed_in(people.SCHOOL).get("/account/reads?lang=uk").get_data(as_text=True)
    assert "Хто звертався до моїх даних" in ukrainian
    assert "ОІС не має потрібного права" in ukrainian


def test_another_s_data_cannot_be_asked_for(counted: Sidecar) -> None:
    client = counted.signed_in(people.SCHOOL)
    asked = f"?institution={OTHER}&reached={OTHER}"
    assert f"<code>{OTHER}</code>" not in client.get(f"/account/reads{asked}").get_data(as_text=True)
    assert OTHER not in client.get(f"/account/reads.csv{asked}").get_data(as_text=True)


def test_a_period_without_requests_says_so(sidecar: Sidecar) -> None:
    page = sidecar.signed_in(people.AUTHORITY).get("/account/reads?days=1&lang=en").get_data(as_text=True)
    assert "In this period nobody asked for the data" in page


def test_the_administrator_s_people_see_all_or_one_institution_or_one_ois(counted: Sidecar) -> None:
    client = counted.signed_in(people.AUDITOR)

    def rows(query: str) -> list[dict[str, str]]:
        text = client.get(f"/desk/reads.csv{query}").get_data(as_text=True)
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    assert {row["reached"] for row in rows("")} == {SCHOOL, OTHER}
    assert {row["reached"] for row in rows(f"?institution={OTHER}")} == {OTHER}
    assert {row["ois"] for row in rows("?ois=diary&days=30")} == {"diary"}
    assert len(rows("?days=30")) == len(rows("?days=7")) + 1
    assert OTHER in client.get("/desk/reads").get_data(as_text=True)


@pytest.mark.parametrize("query", ["days=2", "days=", "days=x", "institution=%27", "institution=../x", "days=-1"])
def test_what_cannot_be_asked_is_400(counted: Sidecar, query: str) -> None:
    assert counted.signed_in(people.AUDITOR).get(f"/desk/reads?{query}").status_code == 400


def test_no_cell_of_the_table_is_a_formula(counted: Sidecar) -> None:
    row = as_csv([count(counted.clock(), ois="=cmd", right="@x")]).splitlines()[1]
    assert ",'=cmd,'@x," in row


def test_the_summary_names_the_earliest_reason(counted: Sidecar) -> None:
    now = counted.clock()
    newer = count(now, refused=1, first_refusal="outside-sphere")
    older = count(now - timedelta(hours=3), refused=1, first_refusal="key-cut-off")
    (line,) = summary([newer, older])
    assert (line.allowed, line.refused, line.reason, line.last_at) == (6, 2, "key-cut-off", now)


def test_every_reason_of_the_gate_has_its_page(sidecar: Sidecar) -> None:
    client = sidecar.client()
    assert "outside-sphere" in client.get("/problems?lang=en").get_data(as_text=True)
    one = client.get("/problems/key-cut-off?lang=uk").get_data(as_text=True)
    assert "Ключ АРІ деактивовано" in one
    assert client.get("/problems/nothing").status_code == 404
