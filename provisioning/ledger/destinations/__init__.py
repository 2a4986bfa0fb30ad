"""Places where checkpoints are kept, out of reach of the database's administrators.

PATH, file:PATH      a file that gets a line per checkpoint, or, when it is a folder, a file per checkpoint
git:PATH             the same in a folder of a git work tree, and a commit; a folder with `.git` is taken for one
s3://BUCKET/PREFIX   an object per checkpoint in an S3-compatible store
https://…            an HTTP PUT; `{seq}` in the address is replaced. Cannot be read back
@FILE                any of these, read from a file: an address with a signature does not belong on a command line

Several, with spaces between them, each keep every checkpoint.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from provisioning.ledger.destinations.address import HttpAddress, refuse_clear
from provisioning.ledger.destinations.files import Folder, GitFolder, LineFile, read_tokens
from provisioning.ledger.destinations.place import S3_SCHEME, Destination, DestinationFailed
from provisioning.ledger.destinations.several import Several

__all__ = [
    "Destination",
    "DestinationFailed",
    "Folder",
    "GitFolder",
    "HttpAddress",
    "LineFile",
    "Several",
    "parse_destination",
    "read_tokens",
]


def parse_destination(text: str) -> Destination:
    """Return the place, or the places, that a command line or a setting names. Raises DestinationFailed."""
    # A path that is there may have spaces in it.
    names = [text] if Path(text).exists() else text.split()
    if not names:
        raise DestinationFailed("no place for checkpoints is named", remedy="name a folder, or see `--help`")
    places = tuple(_place(name) for name in names)
    return places[0] if len(places) == 1 else Several(places)


def _place(text: str) -> Destination:
    if text.startswith("@"):
        return parse_destination(_content(Path(text[1:])))
    if text.startswith(S3_SCHEME):
        return _bucket(text)
    if text.startswith(("https://", "http://")):
        refuse_clear(text)
        return HttpAddress(text)
    scheme, colon, rest = text.partition(":")
    path = Path(rest if colon and scheme in ("file", "git") else text)
    if scheme == "git" or (path / ".git").exists():
        return GitFolder(path)
    return Folder(path) if path.is_dir() or text.endswith("/") else LineFile(path)


def _bucket(text: str) -> Destination:
    """Loaded when it is needed: the SDK behind it takes a third of a second, for which `--help` need not wait."""
    bucket: Destination = importlib.import_module(f"{__package__}.bucket").parse_bucket(text)
    return bucket


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DestinationFailed(f"{path} cannot be read", remedy="name a file that holds a destination") from error
