"""Checks that need nothing of the OIS but its addresses: encrypted connection, key set, strength of the keys.

What is found becomes evidence in the ledger, passed or not. Source: order cl. 6, annex 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from provisioning.model.annexes import Check, TechnicalRequirements
from provisioning.model.application import Application
from provisioning.model.events import JsonValue, format_time
from provisioning.model.jwks import STRENGTH_FAULTS, FaultyKey, jwks_faults
from sidecar.outside.fetching import Outside, Refused, TlsFacts


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found. `problems` are codes that `wording` names; `found` goes into the record."""

    check: Check
    passed: bool
    problems: tuple[str, ...] = ()
    found: dict[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looked:
    """All results of one look, and the key set when a usable one was found."""

    at: datetime
    results: tuple[CheckResult, ...]
    jwks: str | None

    def as_json(self, slug: str, requirements: TechnicalRequirements) -> dict[str, JsonValue]:
        """Return the report as JSON for programs."""
        items = {item.check: item.id for item in requirements.items if item.check is not None}
        return {
            "ois": slug,
            "at": format_time(self.at),
            "requirements_version": requirements.version,
            "passed": all(result.passed for result in self.results),
            "results": [
                {
                    "check": result.check.value,
                    "requirement": items.get(result.check),
                    "passed": result.passed,
                    "problems": list(result.problems),
                    "found": result.found,
                }
                for result in self.results
            ],
        }


def look(outside: Outside, application: Application, jwks: str | None, now: datetime) -> Looked:
    """Look at an OIS from outside. `jwks` is the key set on record, used when the application names no address."""
    fetched = jwks
    problems: tuple[str, ...] = ()
    if application.jwks_url is not None:
        answer = outside.get(application.jwks_url)
        fetched = None if isinstance(answer, Refused) else answer.decode("utf-8", "replace")
        problems = (answer.fault.value,) if isinstance(answer, Refused) else ()
    findings = () if fetched is None else jwks_faults(fetched)
    results = (_tls(outside, application), _key_set(fetched, problems, findings), _strength(fetched, findings))
    usable = fetched if fetched is not None and not findings else None
    return Looked(now, results, usable)


def _tls(outside: Outside, application: Application) -> CheckResult:
    keys = () if application.jwks_url is None else (application.jwks_url,)
    problems, found = [], {}
    for address in dict.fromkeys((application.site, *keys, *application.redirect_uris)):
        facts = outside.look_at_tls(address)
        if isinstance(facts, Refused):
            problems.append(facts.fault.value)
            found[address] = facts.fault.value
        else:
            found[address] = _in_words(facts)
    asked: dict[str, JsonValue] = {"addresses": [{"address": url, "found": what} for url, what in found.items()]}
    return CheckResult(Check.TLS, not problems, tuple(dict.fromkeys(problems)), asked)


def _in_words(facts: TlsFacts) -> str:
    return f"{facts.version}, certificate until {facts.until:%Y-%m-%d}"


def _key_set(fetched: str | None, problems: tuple[str, ...], findings: Iterable[FaultyKey]) -> CheckResult:
    form = [finding for finding in findings if finding.fault not in STRENGTH_FAULTS]
    codes = (*problems, *dict.fromkeys(finding.fault.value for finding in form))
    return CheckResult(Check.JWKS, fetched is not None and not codes, codes, _kids(form))


def _strength(fetched: str | None, findings: Iterable[FaultyKey]) -> CheckResult:
    weak = [finding for finding in findings if finding.fault in STRENGTH_FAULTS]
    # What could not be read at all has no strength.
    unread = fetched is None or any(finding.kid is None for finding in findings)
    codes = tuple(dict.fromkeys(finding.fault.value for finding in weak))
    return CheckResult(Check.KEY_STRENGTH, not unread and not weak, codes, _kids(weak))


def _kids(findings: Iterable[FaultyKey]) -> dict[str, JsonValue]:
    return {"keys": sorted({finding.kid for finding in findings if finding.kid is not None})}
