"""What `realm.yaml` says about keys and cut-offs, read anew whenever the file changes.

A file that cannot be read never stops an institution from acting: the usual overlaps hold, and requests wait for the
Administrator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import structlog

from provisioning.model.configuration import Contact, RealmPolicy
from provisioning.model.text import Text
from provisioning.model.upkeep import ApiKeyPolicy, Approval
from provisioning.registry import InvalidConfiguration
from provisioning.registry.deactivation import DeactivationRules, deactivation_rules
from provisioning.registry.folder import REALM
from provisioning.registry.realm_alone import load_realm_policy
from provisioning.settings import SettingsError
from sidecar.doors.services import settings
from sidecar.doors.stamps import Stamp, stamp

log = structlog.get_logger(__name__)


def api_key_policy() -> ApiKeyPolicy:
    """Return how long two keys may work side by side, and how old one may grow. Source: order cl. 4."""
    policy = _realm()
    return ApiKeyPolicy() if policy is None else policy.api_key


def base_key_lifespan() -> timedelta | None:
    """Return how long the link of a base key works; None while that cannot be read. Source: order cl. 4."""
    policy = _realm()
    return None if policy is None else timedelta(hours=policy.base_key.lifespan_hours)


@dataclass(frozen=True, slots=True)
class House:
    """Name of the installation and where visitors get help, shown on every page. Source: order cl. 9."""

    name: Text
    support: Contact


def house() -> House | None:
    """Return name and contact of the installation; None while they cannot be read."""
    policy = _realm()
    return None if policy is None else House(policy.display_name, policy.support)


def cut_off_approval() -> Approval:
    """Return who decides on an institution's request for a cut-off. Source: order cl. 8."""
    policy = _realm()
    return Approval.ADMINISTRATOR if policy is None else policy.cut_off.approval


def bulk_rules() -> DeactivationRules:
    """Return who decides on a bulk deactivation, and its guard; the strictest while unknown. Source: order cl. 10."""
    return deactivation_rules(settings().config_dir)


def _realm() -> RealmPolicy | None:
    try:
        folder = settings().config_dir
        return _policy_of(folder, stamp(folder / REALM))
    except (InvalidConfiguration, SettingsError) as error:
        log.error("configuration-invalid", reason=error.message)
        return None


@lru_cache(maxsize=4)
def _policy_of(folder: Path, edition: Stamp | None) -> RealmPolicy:
    """Read once for each edition: every page shows name and contact."""
    return load_realm_policy(folder)
