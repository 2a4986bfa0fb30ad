"""Where what an event is about is looked at."""

from __future__ import annotations

from flask import url_for

from provisioning.model.identifiers import parse_key_client_id, parse_username


def subject_url(subject: str) -> str:
    """Return the address of a subject's page: an account's for it and its keys, the filtered ledger for all else."""
    key = parse_key_client_id(subject)
    username = key[0] if key is not None else subject
    if parse_username(username) is not None:
        return url_for("desk.institution", username=username)
    return url_for("desk_ledger.page", subject=subject)
