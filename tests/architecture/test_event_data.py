"""What an event says is read through its type: nobody reads event data by a name in quotes, nor parses it anew.

Three places work over events as they are stored: the types themselves, the proof of the chain, and its export.
"""

from __future__ import annotations

import pytest

from tests.architecture.event_data import keyed_reads, keyed_reads_in_template
from tests.architecture.modules import ROOT, modules

AS_STORED = ("provisioning.model.events.", "provisioning.ledger.proof.export")


def test_nobody_reads_event_data_by_key() -> None:
    found = {
        module.name: reads
        for module in modules()
        if not module.name.startswith(AS_STORED) and (reads := keyed_reads(module.path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_no_template_reads_event_data_by_key() -> None:
    templates = (ROOT / "sidecar" / "templates").rglob("*.html")
    found = {path.name: reads for path in templates if (reads := keyed_reads_in_template(path.read_text("utf-8")))}
    assert found == {}


@pytest.mark.parametrize(
    "read",
    [
        'event.data["what"]',
        'event.data.get("what")',
        'e.data.get("what", "")',
        "found.event.data.items()",
        '"what" in event.data',
        "json.loads(event.data)",
        "dict(recorded.data)",
        "{**asked.data, 'waits': True}",
        'transaction.append([event])[0].data["what"]',
    ],
)
def test_this_test_would_see_it(read: str) -> None:
    assert keyed_reads(f"def f():\n    return {read}\n") != []


@pytest.mark.parametrize(
    "read", ["task.data['like']", "mail.data.get('reset')", "form.text.data", "event.content.what"]
)
def test_what_is_no_event_data_is_left_alone(read: str) -> None:
    assert keyed_reads(read) == []


def test_a_template_that_reads_it_would_be_seen() -> None:
    assert keyed_reads_in_template("{{ found.event.data.document }} {{ event.data['what'] }}") != []
    assert keyed_reads_in_template("{{ form.field.data }} {{ event.listed() }}") == []
