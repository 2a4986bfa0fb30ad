"""What a plan needs of the ledger's database, read in one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.ledger import Ledger
from provisioning.ledger.queries.endings import recorded_endings
from provisioning.ledger.queries.rights import recorded_rights
from provisioning.ledger.queries.staff import staff_on_record
from provisioning.ledger.queries.summary import account_states, keys_beyond_the_first, known_institutions
from provisioning.lifecycle.accounts.generations import decided_generations
from provisioning.lifecycle.administrators import read_administrators
from provisioning.lifecycle.applying.former_staff import recorded_staff
from provisioning.lifecycle.applying.protocol import recorded_protocol
from provisioning.lifecycle.journal import Journal, read_journal
from provisioning.model.configuration import Configuration, ExchangeProtocol, StaffRole
from provisioning.model.identifiers import Username
from provisioning.model.records import AccountState, Task
from provisioning.model.rights import RightsInForce
from provisioning.planning.administrators import Administrators
from provisioning.planning.changes import Verdict
from provisioning.planning.desired import KeyStates
from provisioning.planning.recorded import Contradictions, Recorded, contradictions, new_institutions


@dataclass(frozen=True, slots=True)
class Known:
    """Verdicts, keys, work that is left, and what the configuration contradicts."""

    verdicts: Mapping[Username, Verdict]
    keys: KeyStates
    unfinished: tuple[Task, ...]
    journal: Journal
    protocol: ExchangeProtocol | None
    contradictions: Contradictions
    staff: frozenset[str]
    """Everybody whose user of staff an apply ever made or changed."""

    rights: RightsInForce | None
    roles: Mapping[str, frozenset[StaffRole]] | None
    administrators: Administrators


def read_known(ledger: Ledger, configuration: Configuration) -> Known:
    """Read it. Raises LedgerError."""
    with ledger.reader() as reader:
        dead = AccountState.DEACTIVATED
        verdicts = {n: Verdict.DEAD if state is dead else Verdict.ALIVE for n, state in account_states(reader).items()}
        # Many columns of every account: only a new institution can be an old one under another id.
        institutions = known_institutions(reader).values() if new_institutions(configuration, verdicts) else ()
        recorded = Recorded(recorded_endings(reader), verdicts, decided_generations(reader), institutions)
        return Known(
            verdicts,
            keys_beyond_the_first(reader),
            reader.pending_tasks(),
            read_journal(reader),
            recorded_protocol(reader),
            contradictions(configuration, recorded),
            recorded_staff(reader),
            recorded_rights(reader),
            staff_on_record(reader),
            read_administrators(reader),
        )
