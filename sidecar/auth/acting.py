"""The person who is signed in, as the actor of a use case."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import request

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.pages import Page
from sidecar.auth.guards import identity
from sidecar.auth.sign_in_proof import sign_in_proof
from sidecar.doors.office import office


def acting() -> AbstractContextManager[Actor]:
    """Open the office for the person who is signed in, in a view whose guard is not public. Raises OfficeClosed.

    An institution's own sign-in is the proof that the door asks for; staff and operators need none.
    """
    who = identity()
    proof = sign_in_proof().read(request) if who.is_account else None
    return office().acting_as(who.actor, Page.DESK if who.roles else Page.PORTAL, proof)
