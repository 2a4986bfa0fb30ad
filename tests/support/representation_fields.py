"""The JSON fields of Keycloak's representations, as the classes of the distribution under test have them."""

from __future__ import annotations

import subprocess
from functools import cache
from typing import Final

from provisioning.stack.extension import ensure_extension
from provisioning.stack.java import find_java
from provisioning.stack.keycloak_home import ensure_built_home
from provisioning.stack.paths import cache_folder
from provisioning.stack.progress import Silence
from tests.support.keycloak_server import PROJECT

_PROGRAM = PROJECT / "tests" / "support" / "java" / "Fields.java"


CLASSES: Final = (
    *("RealmRepresentation", "RealmEventsConfigRepresentation", "ClientRepresentation", "UserRepresentation"),
    *("ClientScopeRepresentation", "ProtocolMapperRepresentation", "RoleRepresentation", "GroupRepresentation"),
    *("AuthenticationFlowRepresentation", "AuthenticationExecutionExportRepresentation"),
    *("AuthenticatorConfigRepresentation", "RequiredActionProviderRepresentation"),
    *("ComponentRepresentation", "ComponentExportRepresentation"),
    *("IdentityProviderRepresentation", "IdentityProviderMapperRepresentation"),
    *("ClientPoliciesRepresentation", "ClientPolicyRepresentation", "ClientPolicyConditionRepresentation"),
    *("ClientProfilesRepresentation", "ClientProfileRepresentation", "ClientPolicyExecutorRepresentation"),
    *("UPConfig", "UPAttribute", "UPAttributePermissions", "UPAttributeRequired", "UPAttributeSelector", "UPGroup"),
)
"""All classes that are asked about, so that one start of Java is enough."""


def types_of(representation: str) -> dict[str, str]:
    """Types of the fields of a class such as `ClientRepresentation`, by name."""
    return _types()[representation]


@cache
def _types() -> dict[str, dict[str, str]]:
    home = ensure_built_home(cache_folder(), ensure_extension(PROJECT, Silence()), Silence())
    jars = ":".join(f"{home / 'lib' / 'lib' / part}/*" for part in ("main", "boot"))
    command = [str(find_java()), "-cp", jars, str(_PROGRAM), *CLASSES]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()
    types: dict[str, dict[str, str]] = {name: {} for name in CLASSES}
    for representation, field, kind in (line.split() for line in lines):
        types[representation][field] = kind
    return types


def fields_of(representation: str) -> frozenset[str]:
    """Names of the fields of a class."""
    return frozenset(types_of(representation))
