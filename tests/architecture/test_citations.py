"""Whatever code, tests and documents cite can be looked up: files, rows, goals, clauses, decisions, links."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.citations import dead, sources
from tests.support.documents import ROOT


def test_every_citation_leads_somewhere() -> None:
    # This file cites on purpose what is not there.
    others = [path for path in sources() if path != Path(__file__)]
    found = {str(path.relative_to(ROOT)): dead(path, path.read_text(encoding="utf-8")) for path in others}
    assert len(found) > 500
    assert {name: citations for name, citations in found.items() if citations} == {}


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("x.py", '"""Source: docs/security.md rows 2-4, 43."""', []),
        ("x.py", '"""Source: docs/security.md rows 2-4, 94."""', ["row 94"]),
        ("x.py", '"""Source: docs/security.md row 41 to 43, 94 to 95."""', ["row 94", "row 95"]),
        (
            "x.py",
            '"""docs/security.md, row 94; `security.md` (rows 95 and 2); row 96 of docs/security.md"""',
            ["row 94", "row 95", "row 96"],
        ),
        ("x.py", '"""Source: SECURITY.md line 4."""', ["SECURITY.md"]),
        ("x.py", '"""Source: SECURITY 40, GOALS R4; RFC 8725 3.10."""', ["SECURITY 40", "GOALS R4"]),
        ("x.py", '"""Source: docs/performance.md P6."""\n"""Goals P1, P2 and P9"""', ["goal P9"]),
        ("x.py", 'actor, "cl. 4"\n"""order cl. 3, 12 and 13"""', ["cl. 13"]),
        ("x.py", '"""clause 10 of the order, clauses 3 and 13"""', ["cl. 13"]),
        ("x.py", '"""P9 of docs/performance.md"""', ["goal P9"]),
        (
            "x.md",
            "`provisioning.ledger.reader`, `sidecar.frame.forms.Form`, `sidecar.frame.forms.Gone`",
            ["sidecar.frame.forms.Gone"],
        ),
        ("x.md", "`tests/architecture/test_citations.py::test_a_dead_citation_is_found`", []),
        (
            "x.md",
            "`tests/architecture/test_layers.py::test_a_dead_citation_is_found`",
            ["::test_a_dead_citation_is_found"],
        ),
        (
            "x.md",
            "`sidecar/translations/en/LC_MESSAGES/messages.po`",
            ["sidecar/translations/en/LC_MESSAGES/messages.po"],
        ),
        ("x.py", "# decision 1; decisions 2 and 999", ["decision 999"]),
        ("x.py", "# See `provisioning/model/text.py`, `model/text.py`, `provisioning/model/`.", []),
        ("x.py", "# See `ledger/gone.py` and `provisioning/gone`.", ["ledger/gone.py", "provisioning/gone"]),
        ("x.py", 'open("institutions/gone.yaml")', []),
        ("x.py", '"""\n    python -m bench.gate\n    python -m bench.gone\n"""', ["bench.gone"]),
        ("x.java", 'String s = "docs/gone.md"; /* docs/gone.md, order cl. 13 */', ["docs/gone.md", "cl. 13"]),
        ("x.md", "[one](docs/operations.md#parts) [two](gone.txt) [three](https://x.ua/a.md)", ["gone.txt"]),
        ("x.md", "decisions/0001 and decisions/0999; NNNN-title.md", ["decision 999"]),
        ("x.yaml", "a: docs/gone.md # docs/gone.md", ["docs/gone.md"]),
    ],
)
def test_a_dead_citation_is_found(name: str, text: str, found: list[str]) -> None:
    assert dead(ROOT / name, text) == found
