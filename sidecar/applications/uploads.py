"""Signed agreements as they are uploaded: judged by content, never by name. PURE but for the limit it sets.

Nothing is unpacked or shown here: a file is handed out again only as a download. Whether the signature on it is good
is for a person with a certified tool to say. Source: docs/security.md row 28.
"""

from __future__ import annotations

import io
import zipfile
from enum import StrEnum
from typing import Final

from flask import Flask, request

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_ENTRIES: Final = 200
MAX_UNPACKED: Final = 50 * 1024 * 1024
_FORM_BYTES: Final = 64 * 1024

_ASIC: Final = b"application/vnd.etsi.asic-e+zip"
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
"""The object identifier of CMS SignedData (RFC 5652), DER-encoded."""

_TAIL: Final = 2_048


class UploadFault(StrEnum):
    """Why an uploaded file is refused."""

    EMPTY = "upload-empty"
    TOO_LARGE = "upload-too-large"
    WRONG_KIND = "upload-wrong-kind"
    SUSPICIOUS = "upload-suspicious"
    OVER_QUOTA = "upload-over-quota"


def media_type(content: bytes) -> str | UploadFault:
    """Return the media type of a signed document (PDF with PAdES, ASiC-E, CAdES with its content), or the fault."""
    if not content:
        return UploadFault.EMPTY
    if len(content) > MAX_BYTES:
        return UploadFault.TOO_LARGE
    if content.startswith(b"%PDF-"):
        return "application/pdf" if b"%%EOF" in content[-_TAIL:] else UploadFault.WRONG_KIND
    if content.startswith(b"PK\x03\x04"):
        return _container(content)
    # SEQUENCE with a long length, then the object identifier.
    if content[0] == 0x30 and len(content) > 20 and _SIGNED_DATA in content[:20]:
        return "application/pkcs7-mime"
    return UploadFault.WRONG_KIND


def _container(content: bytes) -> str | UploadFault:
    """ASiC-E: a ZIP whose first entry, not compressed, says what it is (ETSI EN 319 162-1). Only the list is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            entries = container.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return UploadFault.WRONG_KIND
    first = entries[0] if entries else None
    if first is None or first.filename != "mimetype" or content[38 : 38 + len(_ASIC)] != _ASIC:
        return UploadFault.WRONG_KIND
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        return UploadFault.SUSPICIOUS
    if any(_climbs(entry.filename) for entry in entries):
        return UploadFault.SUSPICIOUS
    return _ASIC.decode()


def _climbs(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or not name.isprintable()


def init_uploads(app: Flask, endpoint: str) -> None:
    """Let one route take larger bodies than the others. Register before anything reads the form."""

    def widen() -> None:
        if request.endpoint == endpoint:
            request.max_content_length = MAX_BYTES + _FORM_BYTES

    app.before_request(widen)
