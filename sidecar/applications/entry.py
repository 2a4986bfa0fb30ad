"""An application as it comes in, from the form or as JSON: its shape, and everything that is wrong with it at once.

The one shape is also what the API's description shows. Nothing is fetched here: a stranger must not make us call
addresses before the e-mail is confirmed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from provisioning.model.application import Application
from provisioning.model.identifiers import EDRPOU_PATTERN
from provisioning.model.jwks import jwks_faults, public_jwks
from provisioning.model.ois import SLUG_LENGTH, SLUG_PATTERN, Slug
from provisioning.registry.rules.emails import email_fault
from sidecar.outside.addresses import UrlFault, parse_target

Line = Annotated[str, Field(min_length=1, max_length=300)]
Url = Annotated[str, Field(min_length=1, max_length=2_000, json_schema_extra={"format": "uri"})]

RESERVED: Final = frozenset({"embed"})
"""Short names that are addresses of ours below `/ois/`."""

LARGEST_NETWORK: Final = {4: 65_536, 6: 2**96}
"""A /16 or a /32: whoever calls from more has not said where from."""


class ApplicationEntry(BaseModel):
    """An application of a third-party system (OIS) for connection to the central database."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    slug: str = Field(
        pattern=SLUG_PATTERN, min_length=3, max_length=SLUG_LENGTH, description="Short name, final", examples=["diary"]
    )
    name: Line = Field(description="Name of the system")
    operator: Line = Field(description="Legal entity that runs it")
    edrpou: str = Field(pattern=EDRPOU_PATTERN, description="Its EDRPOU code, eight digits")
    site: Url = Field(description="Site of the system, https")
    contact: Line = Field(description="Person to talk to")
    email: str = Field(min_length=3, max_length=254, description="Confirmed by a link before anybody reads this")
    phone: str = Field(pattern=r"^\+[0-9 ()-]{7,25}$", examples=["+380 44 000 00 00"])
    purposes: list[Line] = Field(min_length=1, max_length=10, description="What the data is for")
    rights: list[str] = Field(min_length=1, max_length=100, description="Rights of the exchange protocol")
    data_location: Line = Field(description="Where the data is processed")
    jwks_url: Url | None = Field(default=None, description="Address of the public keys; or give `jwks`")
    jwks: dict[str, Any] | None = Field(default=None, description="The public keys themselves (RFC 7517)")
    redirect_uris: list[Url] = Field(default=[], max_length=10, description="Only when people log in with Keycloak")
    networks: list[str] = Field(default=[], max_length=50, description="Ranges it calls from, such as 203.0.113.0/28")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One finding. `code` is stable and kebab-case, or a fault of `addresses` or `jwks`, which words itself.

    Where only a few words are allowed, `got` are those that came and are none of them.
    """

    field: str
    code: str
    got: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


def read_application(raw: Mapping[str, Any], rights: Collection[str]) -> Application | tuple[FieldProblem, ...]:
    """Return the application, or everything that is wrong with it. `rights` are the names of all rights there are."""
    problems = list(_shape_problems(raw))
    wrong = {problem.field for problem in problems}
    for field, check in _CHECKS.items():
        value = raw.get(field)
        if field not in wrong and value:
            problems += [FieldProblem(field, code) for code in check(value)]
    if raw.get("slug") in RESERVED:
        problems.append(FieldProblem("slug", "slug-taken"))
    if "rights" not in wrong and not set(raw["rights"]) <= set(rights):
        unknown, known = sorted(set(raw["rights"]) - set(rights)), sorted(rights)
        problems.append(FieldProblem("rights", "unknown-right", tuple(unknown), tuple(known)))
    if not problems and bool(raw.get("jwks")) == bool(raw.get("jwks_url")):
        problems.append(FieldProblem("jwks_url", "one-source-of-keys"))
    return tuple(dict.fromkeys(problems)) or _application(ApplicationEntry.model_validate(raw))


def _application(entry: ApplicationEntry) -> Application:
    fields = entry.model_dump()
    for name in ("purposes", "rights", "redirect_uris", "networks"):
        fields[name] = tuple(dict.fromkeys(fields[name]))
    fields["slug"] = Slug(entry.slug)
    fields["jwks"] = None if entry.jwks is None else public_jwks(json.dumps(entry.jwks))
    return Application(**fields)


def _shape_problems(raw: Mapping[str, Any]) -> Iterator[FieldProblem]:
    try:
        ApplicationEntry.model_validate(raw)
    except ValidationError as failure:
        for detail in failure.errors(include_url=False, include_context=False, include_input=False):
            yield FieldProblem(str(detail["loc"][0]), _code(detail["type"]))


def _code(kind: str) -> str:
    match kind:
        case "missing" | "string_too_short" | "too_short":
            return "required"
        case "string_too_long" | "too_long":
            return "too-long"
        case "string_pattern_mismatch":
            return "wrong-shape"
        case "extra_forbidden":
            return "unknown-field"
        case _:
            return "wrong-type"


def _plain_text(value: str) -> Iterator[str]:
    """One line, without characters that nobody sees: they break mails and hide look-alikes."""
    if not value.isprintable() or value != value.strip():
        yield "hidden-characters"


def _plain_texts(values: list[str]) -> Iterator[str]:
    for value in values:
        yield from _plain_text(value)


def _url(value: str) -> Iterator[str]:
    found = parse_target(value)
    if isinstance(found, UrlFault):
        yield found.value


def _urls(values: list[str]) -> Iterator[str]:
    for value in values:
        yield from _url(value)
        if "*" in value:
            # To Keycloak it is a pattern: logins would lead back to any address that fits.
            yield UrlFault.STRANGE_CHARACTERS.value


def _email(value: str) -> Iterator[str]:
    if email_fault(value) is not None:
        yield "wrong-shape"


def _jwks(value: Mapping[str, Any]) -> Iterator[str]:
    for finding in jwks_faults(json.dumps(value)):
        yield finding.fault.value


def _networks(values: list[str]) -> Iterator[str]:
    for value in values:
        try:
            network = ip_network(value)
        except ValueError:
            yield "wrong-shape"
            continue
        if not network.is_global or network.num_addresses > LARGEST_NETWORK[network.version]:
            yield "network-not-public"


_CHECKS: Final[Mapping[str, Callable[[Any], Iterator[str]]]] = {
    **dict.fromkeys(("name", "operator", "contact", "data_location"), _plain_text),
    "purposes": _plain_texts,
    "site": _url,
    "jwks_url": _url,
    "redirect_uris": _urls,
    "email": _email,
    "jwks": _jwks,
    "networks": _networks,
}
