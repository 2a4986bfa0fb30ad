"""Verdicts, routes and requests for tests of the decision."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from provisioning.gate.claims import Claims, claims_of
from provisioning.gate.decision import Allow, Deny, decide
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import ProtocolCall, read_target
from provisioning.gate.rules import Rules
from provisioning.gate.verdicts import Verdicts
from provisioning.model.configuration import ExchangeProtocol, Route
from provisioning.model.identifiers import ClientId, InstitutionId, Username, key_client_id
from provisioning.model.ois import ConclusionOutcome, MandateRecord, MandateState, OisRecord, OisState, Slug
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState
from tests.support.gate_tokens import claims

START: Final = datetime(2026, 11, 20, 8, tzinfo=UTC)
ROOT: Final = "00-0000001"
AUTHORITY: Final = "46-0000012"
SCHOOL: Final = "46-0000001"
OTHER: Final = "46-0000002"
SLUG: Final = Slug("shodennyk")
PATHS: Final = {
    ROOT: f"/{ROOT}",
    AUTHORITY: f"/{ROOT}/{AUTHORITY}",
    SCHOOL: f"/{ROOT}/{AUTHORITY}/{SCHOOL}",
    OTHER: f"/{ROOT}/46-0000013/{OTHER}",
}
RULES: Final = Rules(
    ExchangeProtocol(
        "1.0",
        (
            Route("GET", "/v1/institutions", "institution.read"),
            Route("GET", "/v1/institutions/{institution}/students", "students.read"),
            Route("POST", "/v1/institutions/{institution}/students", "students.write"),
            Route("GET", "/v1/institutions/{institution}/students/{student}", "students.read"),
            Route("GET", "/v1/institutions/{institution}/students/search", "students.read"),
        ),
    )
)
RIGHTS: Final = ("institution.read", "students.read")


def account(institution: str = SCHOOL, *, generation: int = 1, **changes: object) -> AccountRecord:
    """An active account."""
    username = institution if generation == 1 else f"{institution}-g{generation}"
    values: dict[str, object] = {
        "username": Username(username),
        "institution_id": InstitutionId(institution),
        "generation": generation,
        "is_authority": institution in (ROOT, AUTHORITY),
        "state": AccountState.ACTIVE,
        "created_at": START,
        "sphere": PATHS[institution],
    }
    return AccountRecord(**(values | changes))  # type: ignore[arg-type]  # A test names the fields it changes.


def key(institution: str = SCHOOL, number: int = 1, state: ApiKeyState = ApiKeyState.REVEALED) -> ApiKeyRecord:
    """An API key in use."""
    username = Username(institution)
    return ApiKeyRecord(key_client_id(username, number), username, number, state, START)


def ois(state: OisState = OisState.CONNECTED, **changes: object) -> OisRecord:
    """A connected OIS."""
    values: dict[str, object] = {
        "slug": SLUG,
        "name": "Щоденник",
        "operator": "ТОВ «Щоденник»",
        "edrpou": "12345678",
        "site": "https://shodennyk.example.ua",
        "state": state,
        "rights": RIGHTS,
        "applied_at": START,
        "agreement_version": "1",
        "conclusion_until": date(2027, 11, 20),
        "conclusion_outcome": ConclusionOutcome.POSITIVE,
    }
    return OisRecord(**(values | changes))  # type: ignore[arg-type]


def mandate(username: str = SCHOOL, number: int = 1, **changes: object) -> MandateRecord:
    """A mandate that stands."""
    values: dict[str, object] = {
        "id": f"{username}.{SLUG}.{number}",
        "username": Username(username),
        "ois": SLUG,
        "rights": RIGHTS,
        "contract_number": "12/2026",
        "contract_date": date(2026, 11, 1),
        "state": MandateState.GRANTED,
        "granted_at": START,
        "until": date(2026, 12, 31),
    }
    return MandateRecord(**(values | changes))  # type: ignore[arg-type]


def verdicts() -> Verdicts:
    """A school, another, and the authority above the first: all in order, each with a mandate for the OIS."""
    known = Verdicts()
    known.take_accounts([account(name) for name in (ROOT, AUTHORITY, SCHOOL, OTHER)])
    known.take_keys([key(name) for name in (ROOT, AUTHORITY, SCHOOL, OTHER)])
    known.take_ois([ois()])
    known.take_mandates([mandate(name) for name in (ROOT, AUTHORITY, SCHOOL, OTHER)])
    return known


def bearer(institution: str = SCHOOL, **changes: object) -> Claims:
    """Claims of a token that the OIS exchanged."""
    own = {
        "institution": institution,
        "preferred_username": f"service-account-{ClientId(f'api-{institution}-k1')}",
        "rights": list(RIGHTS),
    }
    found = claims_of(claims(**(own | changes)))
    assert found is not None
    return found


def asked(path: str = f"/v1/institutions/{SCHOOL}/students", method: str = "GET") -> ProtocolCall:
    """A request."""
    found = read_target(method, path)
    assert isinstance(found, ProtocolCall), found
    return found


def judged(
    known: Verdicts, who: Claims | None = None, what: ProtocolCall | None = None, now: datetime = START
) -> Allow | Reason:
    """The decision; of a refusal its reason."""
    decided = decide(what or asked(), who or bearer(), known, RULES, now)
    return decided.reason if isinstance(decided, Deny) else decided
