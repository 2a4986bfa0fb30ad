"""What `realm.yaml` says about keys and cut-offs, read anew at each request that needs it: a few milliseconds.

A file that cannot be read never stops an institution from acting: the usual overlaps hold, and requests wait for the
Administrator.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from provisioning.model.configuration import RealmPolicy
from provisioning.model.upkeep import ApiKeyPolicy, Approval
from provisioning.registry import InvalidConfiguration
from provisioning.registry.realm_alone import load_realm_policy
from provisioning.settings import SettingsError

from .services import services

log = structlog.get_logger(__name__)


def api_key_policy() -> ApiKeyPolicy:
    """How long two keys may stand side by side, and how old one may grow. Source: order cl. 4."""
    policy = _realm()
    return ApiKeyPolicy() if policy is None else policy.api_key


def base_key_lifespan() -> timedelta | None:
    """How long the link of a base key can be used; None when that cannot be read now. Source: order cl. 4."""
    policy = _realm()
    return None if policy is None else timedelta(hours=policy.base_key.lifespan_hours)


def cut_off_approval() -> Approval:
    """Who decides on an institution's request. Source: order cl. 8."""
    policy = _realm()
    return Approval.ADMINISTRATOR if policy is None else policy.cut_off.approval


def _realm() -> RealmPolicy | None:
    try:
        return load_realm_policy(services().settings.config_dir)
    except (InvalidConfiguration, SettingsError) as error:
        log.error("configuration-invalid", reason=error.message)
        return None
