"""The watch beside a sidecar under test: it finishes in Keycloak what pages record, and does nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from provisioning.ledger import open_ledger
from provisioning.settings import Settings
from provisioning.watch.duties import Choice
from provisioning.watch.health import Health
from provisioning.watch.service import Service


@contextmanager
def finishing(settings: Settings) -> Iterator[None]:
    """`provision watch --finishing` for the length of the block, in a thread of this process."""
    ledger = open_ledger(settings.database_url)
    service = Service(settings, ledger, Choice(finishing=True), Health(None))
    thread = threading.Thread(target=service.run, name="finishing")
    thread.start()
    try:
        yield
    finally:
        service.stop.set()
        thread.join()
        ledger.close()
