"""A file that was changed, replaced or taken away has another stamp."""

from __future__ import annotations

import os
from pathlib import Path

from sidecar.doors.stamps import stamp


def test_whatever_happens_to_a_file_shows(tmp_path: Path) -> None:
    file = tmp_path / "realm.yaml"
    assert stamp(file) is None
    file.write_text("one", encoding="utf-8")
    first = stamp(file)
    assert first is not None and stamp(file) == first
    file.write_text("longer", encoding="utf-8")
    assert stamp(file) != first
    replaced = tmp_path / "new.yaml"
    replaced.write_text("one", encoding="utf-8")
    os.utime(replaced, ns=(file.stat().st_atime_ns, first[1]))
    replaced.replace(file)
    now = stamp(file)
    assert now is not None and now[1:] == first[1:] and now != first
    file.unlink()
    assert stamp(file) is None
