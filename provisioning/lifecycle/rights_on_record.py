"""Rights of an account by the record, which gate and tokens go by (order cl. 3). Keycloak is not asked: decision 35."""

from __future__ import annotations

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.rights import recorded_rights
from provisioning.model.records import AccountRecord


def rights_on_record(reader: LedgerReader, account: AccountRecord) -> frozenset[str]:
    """Return the rights that an account has at most; none before the first apply recorded any."""
    rights = recorded_rights(reader)
    found = None if rights is None else rights.of(account.institution_id, account.kind)
    return frozenset() if found is None else found
