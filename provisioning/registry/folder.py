"""The configuration folder itself: which of its files are read, and what is in it that nothing reads.

A name that begins with a full stop is hidden, and so is everything below it: git's, an editor's, and what Kubernetes
keeps of a ConfigMap (`..2026_11_30_…/`, to which `..data` and through it every visible name is a link). Visible links
are followed, so that each record is read once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from provisioning.model.institution import Source
from provisioning.registry.problems import Problem, error, warning

REALM: Final = "realm.yaml"
RIGHTS: Final = "rights.yaml"
PROTOCOL: Final = "protocol.yaml"
STAFF: Final = "staff.yaml"
REQUIREMENTS: Final = "requirements.yaml"
SINGLE_FILES: Final = (REALM, RIGHTS, PROTOCOL, STAFF, REQUIREMENTS)

INSTITUTIONS: Final = "institutions"
AGREEMENT: Final = "agreement"
_LISTS: Final = (INSTITUTIONS, AGREEMENT)

DECISIONS: Final = "imports/map.yaml"
"""What people decided about words of the national register; imports read it, nothing else does."""

_SUFFIXES: Final = frozenset({".yaml", ".yml"})
_FOR_PEOPLE: Final = frozenset({".md", ".txt"})
"""Notes that may stand beside the lists; nobody expects them to be read."""


def institution_files(folder: Path) -> list[str]:
    """List the files with institutions, in order, relative to the configuration folder."""
    return _yaml_below(folder, INSTITUTIONS)


def agreement_files(folder: Path) -> list[str]:
    """List the versions of the accession agreement, a file each."""
    return _yaml_below(folder, AGREEMENT)


def yaml_files(folder: Path) -> list[str]:
    """List every visible YAML file, in order, however its name is written."""
    return sorted(file.relative_to(folder).as_posix() for file in _visible(folder) if _means_yaml(file))


def check_folder(folder: Path) -> Iterator[Problem]:
    """Find what is wrong with the folder by itself: it is absent, or holds files that nothing would read."""
    if not folder.is_dir():
        what = f"{folder} is a file, not a folder" if folder.exists() else f"there is no folder {folder}"
        remedy = "give the path of the configuration folder, or set AIKOM_CONFIG"
        yield error("no-folder", Source("."), what, remedy)
        return
    yield from _unread(folder)


def missing_files(folder: Path) -> Iterator[Problem]:
    """Find the files without which no configuration is complete."""
    for file in SINGLE_FILES:
        if not (folder / file).exists():
            yield error("no-file", Source(file), "the file is missing", "take it from the repository again")
    if not agreement_files(folder):
        remedy = "take the folder from the repository again: no OIS can apply without the agreement"
        yield error("no-file", Source(AGREEMENT), "there is no version of the accession agreement", remedy)


def _unread(folder: Path) -> Iterator[Problem]:
    """Find what stands in the folder as if it were read, and is not."""
    for path in sorted(_visible(folder)):
        file = path.relative_to(folder)
        place, top = Source(file.as_posix()), file.parts[0] if len(file.parts) > 1 else None
        if path.is_dir():
            yield _closed_folder(path, place)
        elif top is None or top in _LISTS:
            if path.suffix not in _SUFFIXES and _means_yaml(path):
                lowered = path.name.strip().lower()
                right = lowered if lowered in SINGLE_FILES else path.stem + path.suffix.strip().lower()
                yield error("name-case", place, "nothing reads this file", f"rename it to {right}")
            elif top is None and path.suffix in _SUFFIXES and path.name not in SINGLE_FILES:
                remedy = f"rename it to one of {', '.join(sorted(SINGLE_FILES))}, or move it to {INSTITUTIONS}/"
                yield warning("unknown-file", place, "nothing reads this file", remedy)
            elif top is not None and path.suffix not in _SUFFIXES | _FOR_PEOPLE:
                remedy = "give it a name that ends in .yaml, or take it out of the folder"
                yield warning("unknown-file", place, "nothing reads this file", remedy)
        elif _means_yaml(path) and place.file != DECISIONS:
            remedy = f"move it to {INSTITUTIONS}/ if it holds institutions, or take it out of the folder"
            yield warning("unknown-file", place, "nothing reads this file", remedy)


def _closed_folder(path: Path, place: Source) -> Problem:
    if path.is_symlink():
        message = "a link to a folder outside, or to one that holds the link: nothing follows it"
        return error("folder-link", place, message, "put the files themselves there")
    return error("unreadable", place, "this folder cannot be read", "check its permissions")


def _yaml_below(folder: Path, name: str) -> list[str]:
    found = (path.relative_to(folder) for path in _visible(folder) if path.suffix in _SUFFIXES and not path.is_dir())
    return sorted(file.as_posix() for file in found if len(file.parts) > 1 and file.parts[0] == name)


def _means_yaml(path: Path) -> bool:
    return path.suffix.strip().lower() in _SUFFIXES


def _visible(top: Path) -> Iterator[Path]:
    """Every file below that is not hidden, through linked folders within; a folder only where it is not entered."""
    home = top.resolve()
    waiting = [(top, frozenset({home}))]
    while waiting:
        folder, above = waiting.pop()
        try:
            paths = [path for path in folder.iterdir() if not path.name.startswith(".")]
        except OSError:
            yield folder
            continue
        for path in paths:
            real = path.resolve() if path.is_dir() else None
            if real is not None and home in real.parents and real not in above:
                waiting.append((path, above | {real}))
            else:
                yield path
