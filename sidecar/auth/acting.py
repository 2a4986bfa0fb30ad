"""The person who is signed in, as the actor of a use case."""

from __future__ import annotations

from contextlib import AbstractContextManager

from provisioning.lifecycle.actor import Actor
from sidecar.auth.guards import identity
from sidecar.doors.office import office


def acting() -> AbstractContextManager[Actor]:
    """Open the office for the person who is signed in, in a view whose guard is not public. Raises OfficeClosed."""
    return office().acting_as(identity().actor)
