"""What the registration of OIS needs of the configuration, read by itself: rights, requirements, agreement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from provisioning.model.annexes import AgreementText, TechnicalRequirements
from provisioning.model.configuration import RightsPolicy
from provisioning.registry.documents import read_document, read_single
from provisioning.registry.errors import InvalidConfiguration
from provisioning.registry.folder import SINGLE_FILES, agreement_files
from provisioning.registry.policies import agreement_text, rights_policy, technical_requirements
from provisioning.registry.problems import Problem, Severity, in_order
from provisioning.registry.rules import annexes, rights
from provisioning.registry.rules.scene import Scene
from provisioning.registry.singles import shape_singles

_RULES: Final[tuple[Callable[[Scene], Iterator[Problem]], ...]] = (
    rights.duplicate_rights,
    annexes.unique_requirements,
    annexes.every_check_once,
    annexes.known_placeholders,
    annexes.versions_once,
    annexes.accession_after_beginning,
)


@dataclass(frozen=True, slots=True)
class OnboardingConfiguration:
    """Rights that may be asked for, and the order's two annexes."""

    rights: RightsPolicy
    requirements: TechnicalRequirements
    agreements: tuple[AgreementText, ...]


def load_onboarding_configuration(folder: Path) -> OnboardingConfiguration:
    """Read the files without thousands of institutions. Raises InvalidConfiguration, naming the first error."""
    documents = {file: read_single(folder, file) for file in SINGLE_FILES}
    agreements = [read_document(folder, file) for file in agreement_files(folder)]
    singles, problems = shape_singles(documents, agreements)
    scene = Scene((), singles, date.max)
    for rule in _RULES:
        problems.extend(rule(scene))
    problems += [problem for document in (*documents.values(), *agreements) for problem in document.problems]
    errors = in_order([problem for problem in problems if problem.severity is Severity.ERROR])
    if errors or singles.rights is None or singles.requirements is None or not singles.agreements:
        where = f"{errors[0].source}: {errors[0].message}" if errors else "a file is missing"
        raise InvalidConfiguration(f"OIS cannot be registered: {where}", remedy="run `provision validate`")
    return OnboardingConfiguration(
        rights_policy(singles.rights),
        technical_requirements(singles.requirements),
        tuple(agreement_text(item.entry) for item in singles.agreements),
    )
