"""The watch beside a sidecar under test: it finishes in Keycloak what pages record, and does nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provisioning.ledger import open_ledger
from provisioning.settings import Settings
from provisioning.watch.duties import Choice
from provisioning.watch.health import Health
from provisioning.watch.service import Service


@contextmanager
def finishing(settings: Settings) -> Iterator[None]:
    """`provision watch --finishing` for the length of the block, in a thread of this process.

    Pages of this process wait for it as long as a busy computer needs.
    """
    ledger = open_ledger(settings.database_url)
    service = Service(settings, ledger, Choice(finishing=True), Health(None))
    thread = threading.Thread(target=service.run, name="finishing")
    thread.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("provisioning.lifecycle.tasks.handing_over.PATIENCE_S", 60.0)
            yield
    finally:
        service.stop.set()
        thread.join()
        ledger.close()
