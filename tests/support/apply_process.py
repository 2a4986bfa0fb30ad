"""`provision apply` as a process of its own, to be killed or interrupted."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.support.configuration import Folder
from tests.support.provision_program import PROVISION
from tests.support.realm import Realm


def start_apply(realm: Realm, folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start it; its output, both kinds together, is in `.stdout`."""
    return subprocess.Popen(
        [*PROVISION, "apply", str(folder), *options],
        env={**os.environ, **realm.settings.values},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def let_any_number_pass(folder: Folder) -> None:
    """Raise the guards over creations and changes: after a kill nobody knows how many are left."""
    file = folder.path / "realm.yaml"
    text = file.read_text(encoding="utf-8")
    changed = text.replace("creates:\n    number: 500", "creates:\n    number: 100000")
    changed = changed.replace(
        "updates:\n    number: 2000\n    share_percent: 20", "updates:\n    number: 100000\n    share_percent: 100"
    )
    assert "share_percent: 20" not in changed
    assert changed != text
    file.write_text(changed, encoding="utf-8")
