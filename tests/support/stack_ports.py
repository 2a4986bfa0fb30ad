"""Ports for an embedded stack of a test's own, which no other stack of the run would choose while it is down."""

from __future__ import annotations

import random

from provisioning.stack.ports import holder_of


def own_ports() -> dict[str, str]:
    """Environment variables for `provision stack`, with ports below those that outgoing connections get."""
    chance = random.Random()  # noqa: S311 - no secret
    ports = [port for port in chance.sample(range(20_000, 30_000), 40) if holder_of(port) is None]
    parts = ("KEYCLOAK", "HEALTH", "SMTP", "SIDECAR")
    return {f"AIKOM_STACK_{part}_PORT": str(port) for part, port in zip(parts, ports, strict=False)}
