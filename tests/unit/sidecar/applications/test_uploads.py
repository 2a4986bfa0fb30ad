"""Uploaded agreements are judged by their content. Source: docs/security.md row 28."""

from __future__ import annotations

import io
import zipfile

import pytest

from sidecar.applications.uploads import MAX_BYTES, UploadFault, media_type

ASIC = "application/vnd.etsi.asic-e+zip"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
P7S = bytes.fromhex("30820100 06092a864886f70d010702".replace(" ", "")) + b"\0" * 245


def container(mimetype: str = ASIC, *names: str, packed: bool = False, size: int = 5) -> bytes:
    """A ZIP as an ASiC-E container begins, with further entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", mimetype, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
        for name in names:
            made.writestr(name, b"\0" * size)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (container(ASIC, "agreement.pdf", "META-INF/signatures001.xml"), ASIC),
        (P7S, "application/pkcs7-mime"),
    ],
)
def test_signed_documents_are_known_by_their_content(content: bytes, kind: str) -> None:
    assert media_type(content) == kind


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", UploadFault.EMPTY),
        (b"%PDF-1.7 without an end", UploadFault.WRONG_KIND),
        (b"\n%PDF-1.7\n%%EOF", UploadFault.WRONG_KIND),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', UploadFault.WRONG_KIND),
        (b"<html>%PDF-%%EOF</html>", UploadFault.WRONG_KIND),
        (b"MZ\x90\x00", UploadFault.WRONG_KIND),
        (b"0\x82\x01\x00 not CMS", UploadFault.WRONG_KIND),
        (b"PK\x03\x04 broken", UploadFault.WRONG_KIND),
        (container("application/zip", "x"), UploadFault.WRONG_KIND),
        (container(ASIC, "x", packed=True), UploadFault.WRONG_KIND),
        (container(ASIC, "../../etc/passwd"), UploadFault.SUSPICIOUS),
        (container(ASIC, "/etc/passwd"), UploadFault.SUSPICIOUS),
        (container(ASIC, "..\\evil.exe"), UploadFault.SUSPICIOUS),
        (container(ASIC, "C:/evil.exe"), UploadFault.SUSPICIOUS),
        (container(ASIC, *[f"{n}.txt" for n in range(200)]), UploadFault.SUSPICIOUS),
        (container(ASIC, "bomb", size=51 * 1024 * 1024), UploadFault.SUSPICIOUS),
        (PDF + b" " * MAX_BYTES, UploadFault.TOO_LARGE),
    ],
)
def test_anything_else_is_refused_with_the_reason(content: bytes, fault: UploadFault) -> None:
    assert media_type(content) is fault
