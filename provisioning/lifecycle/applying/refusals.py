"""What Keycloak refuses of an apply: noted on the tasks, reported in words, and no reason to leave the rest undone."""

from __future__ import annotations

from collections.abc import Iterable

from provisioning.keycloak.errors import KeycloakError
from provisioning.lifecycle.failing import Failure, failure_of
from provisioning.lifecycle.tasks.attempting import note_failures
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.records import NewTask


def note_refused(workshop: Workshop, refused: Iterable[tuple[NewTask, KeycloakError]]) -> tuple[Failure, ...]:
    """Note on tasks of accounts that Keycloak refuses them; return the failures in words."""
    failures = {task.key: failure_of(task.subject, error) for task, error in refused}
    if failures:
        with workshop.actor.transaction() as transaction:
            note_failures(workshop.actor, transaction, failures)
    return tuple(failures.values())
