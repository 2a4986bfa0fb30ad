"""When an API key ends by its age, and when its owner gets a warning. Pure: is given the time. Source: order cl. 4.

No key ends without a warning: one that is found too old, because the policy is new, gets the longest warning's time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from provisioning.model.records import ApiKeyRecord, ApiKeyState
from provisioning.model.upkeep import ApiKeyPolicy


def end_by_age(key: ApiKeyRecord, policy: ApiKeyPolicy, now: datetime) -> datetime | None:
    """Return when the key is to end, once the time of the first warning has come; None before that, and when its end is
    set.

    The age is the secret's: a key that was never revealed does not age.
    """
    if policy.max_age is None or key.state is not ApiKeyState.REVEALED or key.revealed_at is None or key.ends_at:
        return None
    lead = max(policy.warn_before)
    due = key.revealed_at + policy.max_age
    return max(due, now + lead) if due - now <= lead else None


def warning_step(ends_at: datetime, policy: ApiKeyPolicy, now: datetime) -> timedelta | None:
    """Return the warning that is due: the shortest whose time has come. None too early, and when the key has ended.

    Warnings that were missed while nothing ran are not made up for.
    """
    left = ends_at - now
    if left <= timedelta(0):
        return None
    return min((step for step in policy.warn_before if left <= step), default=None)
