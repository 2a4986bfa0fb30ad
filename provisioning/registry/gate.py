"""What the gate needs of the configuration, read by itself: routes and limits, without thousands of institutions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from provisioning.model.configuration import ExchangeProtocol, GatePolicy
from provisioning.registry.documents import read_single
from provisioning.registry.folder import PROTOCOL, REALM, RIGHTS, SINGLE_FILES
from provisioning.registry.policies import exchange_protocol, gate_policy
from provisioning.registry.problems import Problem, Severity, in_order
from provisioning.registry.rules import protocol, rights
from provisioning.registry.rules.scene import Scene
from provisioning.registry.singles import shape_singles

_RULES: Final[tuple[Callable[[Scene], Iterator[Problem]], ...]] = (
    protocol.path_templates,
    protocol.duplicate_routes,
    protocol.overlapping_routes,
    rights.duplicate_rights,
    rights.known_rights,
)

FILES: Final = (REALM, RIGHTS, PROTOCOL)
"""A mistake in any other file does not concern the gate."""


@dataclass(frozen=True, slots=True)
class GateConfiguration:
    """Routes of the central database, and the gate's section of `realm.yaml`."""

    protocol: ExchangeProtocol
    policy: GatePolicy


def load_gate_configuration(folder: Path) -> tuple[GateConfiguration | None, tuple[Problem, ...]]:
    """Read routes and limits; None and the problems when a file has an error, which is never raised."""
    documents = {file: read_single(folder, file) for file in SINGLE_FILES}
    singles, problems = shape_singles(documents, ())
    scene = Scene((), singles, date.min)
    for rule in _RULES:
        problems.extend(rule(scene))
    problems += [problem for document in documents.values() for problem in document.problems]
    errors = in_order([p for p in problems if p.severity is Severity.ERROR and p.source.file in FILES])
    if errors or singles.protocol is None or singles.realm is None:
        return None, errors
    return GateConfiguration(exchange_protocol(singles.protocol), gate_policy(singles.realm.gate)), ()
