"""Numbers of `realm.yaml` that must fit each other; the bounds of each alone are in its shape."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning.registry.problems import Problem, error
from provisioning.registry.rules.scene import Scene


def lifetimes_fit(scene: Scene) -> Iterator[Problem]:
    """Report lifetimes out of order: a token ends before its session, an idle session before the longest one, and so
    on.
    """
    realm, document = scene.singles.realm, scene.singles.realm_document
    if realm is None:
        return
    times, force = realm.lifetimes, realm.brute_force
    idle, wait, longest = times.session_idle_minutes, force.wait_increment_seconds / 60, force.max_wait_seconds / 60
    pairs: tuple[tuple[str, str, float, str, float], ...] = (
        ("lifetimes", "access_token_minutes", times.access_token_minutes, "session_idle_minutes", idle),
        ("lifetimes", "session_idle_minutes", idle, "session_max_hours", times.session_max_hours * 60),
        ("brute_force", "wait_increment_seconds", wait, "max_wait_seconds", longest),
    )
    for group, key, minutes, other, limit in pairs:
        if minutes > limit:
            message = f"{group}: {key} is longer than {other} ({minutes:g} against {limit:g} minutes)"
            remedy = "make the first shorter or the second longer"
            yield error("lifetimes", document.place((group, key)), message, remedy)


def keys_fit(scene: Scene) -> Iterator[Problem]:
    """Report an overlap over the longest one, and a key that lives no longer than its warnings take. Source: order cl.
    4.
    """
    realm, document = scene.singles.realm, scene.singles.realm_document
    if realm is None:
        return
    keys = realm.api_key
    if keys.default_overlap_hours > keys.max_overlap_hours:
        message = f"api_key: default_overlap_hours is over max_overlap_hours ({keys.max_overlap_hours})"
        place = document.place(("api_key", "default_overlap_hours"))
        yield error("overlaps", place, message, "make the first shorter or the second longer")
    longest = max(keys.warn_days_before)
    if keys.max_age_days is not None and longest >= keys.max_age_days:
        message = f"api_key: the first warning comes {longest} days ahead, but a key lives {keys.max_age_days} days"
        place = document.place(("api_key", "warn_days_before"))
        yield error("warnings", place, message, "warn fewer days ahead, or let keys live longer")
