"""A strict decoder reads every header back as the very text, and each of its parts as RFC 2047 wants it."""

from __future__ import annotations

import re
from binascii import a2b_base64
from email.headerregistry import Address
from email.message import EmailMessage
from quopri import decodestring

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provisioning.mail.headers import MAIL_POLICY
from tests.support.strict_mail import decoded, headers_of

SENDER = "Технічний адміністратор АІКОМ"
WORDS = st.text(
    st.one_of(st.characters(codec="utf-8", exclude_categories=("C", "Z")), st.just(" ")), min_size=1, max_size=200
).map(lambda text: " ".join(text.split()))


def message(subject: str, name: str = SENDER) -> EmailMessage:
    """A mail with these two."""
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["Subject"] = subject
    mail["From"] = Address(name, addr_spec="no-reply@access.example")
    mail["To"] = Address(addr_spec="school@example.ua")
    mail.set_content("x")
    return mail


def test_the_sender_keeps_its_spaces() -> None:
    assert decoded(headers_of(message("x"))["From"]) == f"{SENDER} <no-reply@access.example>"


@given(WORDS.filter(bool), WORDS.filter(lambda text: not text.isascii()))
@example("Ключ api-46-0000001-k1 спливає 25.12.2026 · key ends", "Ґанок і «Їжак» — О’Генрі")
def test_any_text_comes_back(subject: str, name: str) -> None:
    headers = headers_of(message(subject, name))
    assert decoded(headers["Subject"]) == subject
    assert decoded(headers["From"]) == f"{name} <no-reply@access.example>"


@given(WORDS.filter(lambda text: not text.isascii()))
@example("\u0800" + 11 * "\U00010000" + "00" + 10 * "\U00010000")
def test_every_encoded_word_is_short_and_whole_by_itself(text: str) -> None:
    raw = message(text, text).as_bytes(policy=MAIL_POLICY.clone(linesep="\r\n")).decode("ascii")
    head = raw.split("\r\n\r\n")[0]
    assert all(len(line) <= 76 for line in head.split("\r\n") if "=?" in line)
    found = re.findall(r"=\?utf-8\?([bq])\?([^?]*)\?=", head)
    assert found
    for kind, word in found:
        assert len(word) + len("=?utf-8?b??=") <= 75
        (a2b_base64(word) if kind == "b" else decodestring(word.replace("_", " "))).decode("utf-8")


@pytest.mark.parametrize("bad", ["a\nBcc: x@example.ua", "a\r\nX: y"])
def test_a_line_break_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|CR|newline"):
        message(bad)
