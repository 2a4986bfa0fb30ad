"""`realm.yaml` by itself, for what needs a policy and no institution: an overlap, who approves, a lifespan."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from provisioning.model.configuration import RealmPolicy
from provisioning.registry.documents import read_document
from provisioning.registry.errors import InvalidConfiguration
from provisioning.registry.folder import REALM
from provisioning.registry.policies import realm_policy
from provisioning.registry.problems import LoadResult, Severity, in_order
from provisioning.registry.schema.realm import RealmFile
from provisioning.registry.wording import schema_problems


def load_realm_policy(folder: Path) -> RealmPolicy:
    """Return the policy in a configuration folder, whatever else is in it. Raises InvalidConfiguration.

    Rules that look at several values together are those of `load_configuration`; this checks each by itself.
    """
    document = read_document(folder, REALM)
    problems = [problem for problem in document.problems if problem.severity is Severity.ERROR]
    if not problems:
        try:
            return realm_policy(RealmFile.model_validate(document.value))
        except ValidationError as failure:
            problems = list(schema_problems(document, "realm", failure))
    LoadResult(None, in_order(problems)).require()
    raise InvalidConfiguration(f"{folder / REALM} cannot be read", remedy="run `provision validate`")
