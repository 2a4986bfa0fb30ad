"""Stop the stack, and on request forget its data. Only processes that this stack started are touched."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from provisioning.stack.locking import take_lock
from provisioning.stack.paths import StackPaths
from provisioning.stack.process import stop
from provisioning.stack.progress import Progress
from provisioning.stack.state import Part, load_state, save_state


@dataclass(frozen=True, slots=True)
class Stopped:
    """Result of `take_down`: the parts that ran, and whether the data was removed."""

    parts: tuple[Part, ...]
    wiped: bool


def take_down(paths: StackPaths, progress: Progress, *, wipe: bool = False) -> Stopped:
    """Stop every part, the last started first. `wipe` removes ledger, mails, Keycloak's data and secrets too.

    Safe to repeat. Raises StackBusy.
    """
    if not paths.root.is_dir():
        return Stopped((), wiped=False)
    stopped: list[Part] = []
    with take_lock(paths.lock):
        state = load_state(paths.state)
        for part in reversed(Part):
            record = state.parts.get(part)
            if record is None:
                continue
            with progress.step(f"Stopping {part}"):
                if stop(record.process):
                    stopped.append(part)
            state = state.without_part(part)
            save_state(paths.state, state)
        if wipe:
            shutil.rmtree(paths.root)
    return Stopped(tuple(stopped), wiped=wipe)
