"""Writers in processes of their own, to be run together or killed.

python -m tests.support.ledger_worker until-killed|COUNT NUMBER     the database's URL comes on standard input
"""

from __future__ import annotations

import sys

from provisioning.ledger import open_ledger
from provisioning.model.records import NewMail, NewTask
from tests.support.ledger_events import births

AT_ONCE = 3
"""Births in a transaction. Each also gets a task and a mail, so that half a transaction shows."""


def main() -> None:
    """Record births in one transaction after another, and say each time that it is done."""
    url, rounds, number = sys.stdin.readline().strip(), sys.argv[1], int(sys.argv[2])
    ledger = open_ledger(url)
    done = 0
    while rounds == "until-killed" or done < int(rounds):
        events = births(number * 100_000 + done * AT_ONCE, AT_ONCE)
        with ledger.transaction() as transaction:
            for event in events:
                transaction.append([event])
                transaction.add_tasks([NewTask(f"open:{event.subject}", "open", event.subject)])
                transaction.enqueue_mails([NewMail(event.subject, "base-key", "a@example.ua", event.subject)])
        done += 1
        print(events[-1].subject, flush=True)  # noqa: T201 - the test reads what was acknowledged
    ledger.close()


if __name__ == "__main__":
    main()
