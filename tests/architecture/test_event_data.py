"""What an event says is read through its type: nobody reads event data by a name in quotes, nor takes its text at all.

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
        'told["what"] if (told := json.loads(event.data)) else None',
        "parse_json(found.data)",
        "self.event.data",
        "event.content.to_data()['what']",
        "asdict(event.content)['what']",
        "dataclasses.asdict(content)",
        "vars(event.content)",
        "event.content.__dict__",
        "getattr(event.content, 'what', None)",
        "hasattr(event.content, 'what')",
        "dict(event.listed())['what']",
    ],
)
def test_this_test_would_see_it(read: str) -> None:
    assert keyed_reads(f"def f():\n    return {read}\n") != []


@pytest.mark.parametrize(
    "read",
    [
        "task.data['like']",
        "self.task.data",
        "mail.data.get('reset')",
        "form.text.data",
        "field.data",
        "event.content.what",
    ],
)
def test_what_is_no_event_data_is_left_alone(read: str) -> None:
    assert keyed_reads(read) == []


def test_a_mapping_pattern_and_another_name_for_the_data_are_seen() -> None:
    assert keyed_reads("match json.loads(event.data):\n    case {'what': what}: pass\n") == ["event.data"]
    assert keyed_reads("data = event.data\ndata['what']\n") == ["event.data"]


def test_a_template_that_reads_it_would_be_seen() -> None:
    found = ["event.data", "found.event.data", "change.data", "change.content"]
    assert keyed_reads_in_template("".join(f"{{{{ {read}.what }}}} {{% if {read} %}}" for read in found)) == [
        read for read in found for _ in range(2)
    ]
    assert keyed_reads_in_template("{{ form.field.data }} {{ field.data }} {{ event.listed() }}") == []
