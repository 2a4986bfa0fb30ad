"""A place found in the lines of one record is the place found in the whole file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.registry.documents import Document, Location, parse_document
from provisioning.registry.folder import institution_files
from tests.support.configuration import EXAMPLE

ODD = {
    "flow style": '[{id: "46-0000001", name: A}, {id: "46-0000002",\n  name: B}]\n',
    "a dash alone": '-\n  id: "46-0000001"\n  name: A\n- id: "46-0000002"\n  name: B\n',
    "comments and blank lines": '# 1\n\n- id: "46-0000001" # x\n\n  name: A\n# 2\n- name: B\n\n  id: "46-2"\n\n',
    "text of several lines": '- id: "46-0000001"\n  name: >\n    A\n    - B\n- id: "46-0000002"\n  name: "B\n    C"\n',
    "windows": '- id: "46-0000001"\r\n  name: A\r\n- id: "46-0000002"\r\n  name: B\r\n',
    "indented": '  - id: "46-0000001"\n    name: A\n  - id: "46-0000002"\n    name: B\n',
    "nested": '- id: "46-0000001"\n  deactivated: {reason: x, successors: ["46-0000002"]}\n- id: "46-0000002"\n',
}


def locations(value: object, at: Location = ()) -> Iterator[Location]:
    yield at
    if isinstance(value, dict):
        for key, item in value.items():
            yield from locations(item, (*at, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from locations(item, (*at, index))


def same_everywhere(text: str) -> int:
    near = Document("46.yaml", text)
    parse_document(near)
    whole = Document("46.yaml", text, near.value)
    count = 0
    for location in locations(near.value):
        for key in (False, True):
            assert near.place(location, key=key) == whole.place(location, key=key), location
            count += 1
    return count


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_in_odd_files(text: str) -> None:
    assert same_everywhere(text) >= 6


@pytest.mark.parametrize("file", institution_files(Path(EXAMPLE)))
def test_in_the_example(file: str) -> None:
    assert same_everywhere((EXAMPLE / file).read_text(encoding="utf-8")) > 20
