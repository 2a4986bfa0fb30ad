"""The account of an OIS's operator: invited again when the first base key was lost or the person changed.

The first invitation goes out when the e-mail of the application is confirmed (`lifecycle.applications`); the account
ends with the OIS (`steps`). Source: order cl. 6; decision 10.
"""

from __future__ import annotations

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.ois.steps import Step, record_step
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import bring_operator_task
from provisioning.model.events.ois import OisOperatorInvited
from provisioning.model.ois import OisRecord


def invite_operator(actor: Actor, name: str, *, reset: bool = False) -> OisRecord:
    """Mail a fresh base key to the e-mail of an OIS; the one before is dead from then on.

    An account that is in use needs `reset`: the operator sets a new password and second factor with the new link.
    Raises UnknownOis and ActionRefused before anything is recorded, CarriedOutLater when Keycloak does not follow yet.
    """
    base_key_id = actor.new_id()
    with actor.transaction() as transaction:
        step = Step(OisOperatorInvited(base_key_id=base_key_id, reset=reset))
        record = record_step(actor, transaction, name, step)
        task = bring_operator_task(record.client_id, base_key_id, reset=reset)
        transaction.add_tasks([task])
    carry_out(actor, [task.key], f"the operator of {record.client_id} is invited")
    return record
