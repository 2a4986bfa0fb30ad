"""Which edition of the program this is: for caches that must not outlive the code that filled them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import provisioning


@cache
def edition_of(*parts: str) -> str:
    """Return a digest over the source of these files and folders of `provisioning`, such as `registry`,
    `model/sphere.py`.

    It changes whenever one of them does, also where a version number was not raised. 32 hexadecimal digits.
    """
    root = Path(provisioning.__file__).parent
    digest = hashlib.blake2b(digest_size=16)
    for part in sorted(parts):
        place = root / part
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            source = file.read_bytes()
            digest.update(f"{file.relative_to(root).as_posix()}\0{len(source)}\0".encode())
            digest.update(source)
    return digest.hexdigest()
