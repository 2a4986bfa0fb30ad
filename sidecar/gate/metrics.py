"""What this node of the gate is up to, as Prometheus reads it, and in one line for load balancers. Holds no state.

The text format is a few lines of text, so no library is needed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping

from provisioning.gate.rules import Rules
from sidecar.gate.counting import AccessCounter
from sidecar.gate.follower import Follower
from sidecar.gate.rulebook import Rulebook
from sidecar.gate.verified import VerifiedTokens


def health(follower: Follower, rulebook: Rulebook) -> tuple[bool, bytes]:
    """Say as JSON whether this node lets anything through, and if not, why."""
    fresh, routes = follower.fresh() is not None, rulebook.rules
    lag = follower.lag_s
    body = {
        "status": "deciding" if fresh and routes is not None else "refusing",
        "ledger": "went-back" if follower.has_gone_back else "fresh" if fresh else "stale",
        "lag_seconds": None if math.isinf(lag) else round(lag, 3),
        "seq": follower.seq,
        "routes": None if routes is None else f"{routes.version} {routes.checksum}",
    }
    return fresh and routes is not None, json.dumps(body).encode()


def metrics(node: str, follower: Follower, rulebook: Rulebook, tokens: VerifiedTokens, counter: AccessCounter) -> bytes:
    """Return all figures of this process. Source: Prometheus text exposition format 0.0.4."""
    verdicts, rules = follower.fresh(), rulebook.rules
    differing = len(verdicts.differing) if verdicts else 0
    lines = [
        *_one("aikom_gate_lag_seconds", "gauge", "Since the verdicts were last confirmed", follower.lag_s),
        *_one("aikom_gate_ledger_seq", "counter", "Last event taken in", follower.seq),
        *_one(
            "aikom_gate_ledger_went_back", "gauge", "1 while the ledger lacks known events", int(follower.has_gone_back)
        ),
        *_one("aikom_gate_contradicted", "gauge", "Ended, and called alive by a record since", follower.contradicted),
        *_one("aikom_gate_differing", "gauge", "Stored otherwise than recorded", differing),
        *_one(
            "aikom_gate_deciding", "gauge", "1 when this node decides", int(verdicts is not None and rules is not None)
        ),
        *_one("aikom_gate_accounts", "gauge", "Accounts in memory", len(verdicts.accounts) if verdicts else 0),
        *_one("aikom_gate_mandates", "gauge", "Mandates in memory", len(verdicts.mandates) if verdicts else 0),
        *_one("aikom_gate_verified_tokens", "gauge", "Tokens whose signature is remembered", len(tokens)),
        *_one("aikom_gate_counts_unwritten", "gauge", "Counts not in the database yet", counter.unwritten),
        *_one("aikom_gate_counts_lost_total", "counter", "Decisions that could not be counted", counter.lost),
        *_many("aikom_gate_decisions_total", "counter", "Decisions by outcome", "outcome", dict(counter.outcomes)),
        *_one("aikom_gate_info", "gauge", "This process", 1, f'{{node="{node}"}}'),
        *_routes(rules),
    ]
    return ("\n".join(lines) + "\n").encode()


def _routes(rules: Rules | None) -> Iterator[str]:
    """Which version of the exchange protocol this node goes by; compare it between nodes and with the ledger."""
    if rules is not None:
        labels = f'{{version={json.dumps(rules.version)},checksum="{rules.checksum}"}}'
        yield from _one("aikom_gate_routes_info", "gauge", "The routes in force on this node", 1, labels)


def _one(name: str, kind: str, text: str, value: float, labels: str = "") -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    yield f"{name}{labels} {'+Inf' if math.isinf(value) else value}"


def _many(name: str, kind: str, text: str, label: str, values: Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for key, value in sorted(values.items()):
        yield f'{name}{{{label}="{key}"}} {value}'
