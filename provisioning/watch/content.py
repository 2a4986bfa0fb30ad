"""Content of the configuration folder: a digest that changes with it, and `git pull` into it."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Final

from provisioning.model.errors import AikomError
from provisioning.registry.folder import yaml_files

PULL_TIMEOUT_S: Final = 120


class PullFailed(AikomError):
    """The work tree could not be brought forward; what is in it stays in force."""


def content_digest(folder: Path) -> str:
    """Return the SHA-256 over names and contents of every YAML file, in hex. A file that vanishes meanwhile counts as
    absent.
    """
    total = hashlib.sha256()
    for file in yaml_files(folder):
        try:
            content = (folder / file).read_bytes()
        except OSError:
            continue
        name = file.encode()
        total.update(f"{len(name)} {len(content)} ".encode() + name + content)
    return total.hexdigest()


def pull(folder: Path) -> str | None:
    """Run `git pull --ff-only` in the work tree that holds the folder; return the new commit, None when there was none.

    Asks for no password. Raises PullFailed when the remote does not answer or the branches have parted.
    """
    before = _git(folder, "rev-parse", "HEAD")
    _git(folder, "pull", "--ff-only", "--quiet")
    after = _git(folder, "rev-parse", "HEAD")
    return None if after == before else after


def _git(folder: Path, *arguments: str) -> str:
    environ = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            env=environ,
            capture_output=True,
            text=True,
            timeout=PULL_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PullFailed(f"git {arguments[0]} did not work: {type(error).__name__}", remedy=_REMEDY) from error
    if done.returncode != 0:
        # NOTE: git's own words are left out: they may hold an address with a token in it.
        raise PullFailed(f"git {arguments[0]} in {folder} ended with code {done.returncode}", remedy=_REMEDY)
    return done.stdout.strip()


_REMEDY: Final = "run `git pull --ff-only` there by hand and see what it says"
