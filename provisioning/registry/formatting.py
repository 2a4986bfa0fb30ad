"""Formatting of `institutions/*.yaml`: one canonical text for one content, comments kept. Reads and replaces files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provisioning.registry.folder import institution_files
from provisioning.registry.list_text import ListText, parse_list
from provisioning.registry.problems import Problem


@dataclass(frozen=True, slots=True)
class Formatted:
    """One file: its path relative to the folder, and its canonical text when that differs from what is there."""

    file: str
    text: str | None
    problems: tuple[Problem, ...] = ()


def format_folder(folder: Path) -> tuple[Formatted, ...]:
    """Return every file with institutions of a configuration folder. Writes nothing."""
    return tuple(format_file(folder, file) for file in institution_files(folder))


def format_file(folder: Path, file: str) -> Formatted:
    """Return one file; what cannot be read is left as it is and reported."""
    data = (folder / file).read_bytes()
    parsed = parse_list(data, file)
    if not isinstance(parsed, ListText):
        return Formatted(file, None, parsed)
    text = parsed.render()
    return Formatted(file, text if text.encode() != data else None)


def write_text(path: Path, text: str) -> None:
    """Replace a file in one step: a reader, or a crash, sees the old text or the new one."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    if path.exists():
        fresh.chmod(path.stat().st_mode & 0o777)
    fresh.replace(path)
