"""Names and e-mails that look like others are flagged. Source: docs/security.md row 29; order cl. 4."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning.registry.rules.emails import email_fault
from tests.support.configuration_folder import Folder, school

NAMES = {
    "Latin o in a Cyrillic word": ("Школа № 5", "Шкoла № 5"),
    "Latin capitals": ("НВК «ТАКТ»", "HBK «TAKT»"),
    "full-width digits": ("Школа № 5", "Школа № ５"),
    "numero sign as letters": ("Школа № 5", "Школа No 5"),
    "other apostrophe": ("Знам’янська школа", "Знам'янська школа"),
    "other quotes": ("Школа «Мрія»", "Школа “Мрія”"),
    "other case": ("Школа «Мрія»", "ШКОЛА «МРІЯ»"),
    "decomposed letter": ("Ліцей", "Ліцеи\u0306"),
}


@pytest.mark.parametrize("case", NAMES)
def test_two_names_that_look_the_same_are_flagged(case: str, tmp_path: Path) -> None:
    first, second = NAMES[case]
    found = Folder(tmp_path / "config").institutions(school(2, name=first) + school(3, name=second))
    assert ("alike-names", 8, 9) in found


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ue000"])
@pytest.mark.parametrize("field", ["name", "email"])
def test_an_invisible_character_is_an_error(field: str, character: str, tmp_path: Path) -> None:
    values = {"name": f"Ліцей{character} № 2", "email": f"school{character}@example.com"}
    folder = Folder(tmp_path / "config")
    found = folder.institutions(school(2, **{field: values[field]}))
    assert "hidden-character" in {code for code, _, _ in found}
    assert folder.load().configuration is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("schооl@example.com", "email-letters"),
        ("school@еxample.com", "email-letters"),
        ("ｓchool@example.com", "email-letters"),
        ("one@example.com, two@example.com", "email-several"),
        ("one@example.com; two@example.com", "email-several"),
        ("one@example.com two@example.com", "email-several"),
        ("one@example.com/two@example.com", "email-several"),
        ("https://school.example.com", "email-url"),
        ("www.school.example.com", "email-url"),
        ("mailto:one@example.com", "email-url"),
        ("-", "email-placeholder"),
        ("немає", "email-placeholder"),
        ("school.example.com", "email-shape"),
        ("school@", "email-shape"),
        ("@example.com", "email-shape"),
        ("school@example", "email-shape"),
        ("school@example..com", "email-shape"),
        (".school@example.com", "email-shape"),
        ("sch ool@example.com", "email-shape"),
        ("school@-example.com", "email-shape"),
        ("School <school@example.com>", "email-shape"),
        ("school@example.com\r\nBcc: x@example.com", "email-several"),
        ("a" * 65 + "@example.com", "email-shape"),
    ],
)
def test_an_address_that_cannot_work_is_refused(address: str, code: str) -> None:
    fault = email_fault(address)
    assert fault is not None
    assert fault.code == code
    assert fault.message.isprintable()


@pytest.mark.parametrize(
    "address", ["school@example.com", "School.No-1+aikom@sub.example.com.ua", "o'brien@example.com", "a@b.xn--j1amh"]
)
def test_an_ordinary_address_passes(address: str) -> None:
    assert email_fault(address) is None
