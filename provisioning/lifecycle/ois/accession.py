"""A new version of the agreement: OIS that are connected accede to it by a day. Source: order cl. 6, annex 1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from provisioning.model.annexes import AgreementText, in_force
from provisioning.model.ois import OisRecord


def asked_text(agreements: Sequence[AgreementText], record: OisRecord, today: date) -> AgreementText | None:
    """The version in force that an OIS with an older agreement has neither acceded to nor handed in. Pure."""
    text = in_force(agreements, today)
    if text is None or text.accede_by is None or record.agreement_version is None:
        return None
    return None if text.version in (record.agreement_version, record.agreement_submitted) else text
