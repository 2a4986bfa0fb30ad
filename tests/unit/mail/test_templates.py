"""Every mail is read back strictly, says the same in both forms and both languages, and has the one frame."""

from __future__ import annotations

import re
from binascii import a2b_base64
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from quopri import decodestring

import pytest

from provisioning.mail.frame import IF_NOT_YOU
from provisioning.mail.message import Letter, compose
from provisioning.mail.wording import FOLDER, SUFFIX, Fact, names, worded
from provisioning.model.configuration import Configuration
from provisioning.model.text import Text
from provisioning.registry import load_configuration
from tests.support.configuration_folder import EXAMPLE
from tests.support.strict_mail import decoded, headers_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LINK = "https://access.example/?a=1&b=<2>"
IN_WORDS = re.compile(r"\b(\w+)\.(?:uk|en)\b")
FACT = re.compile(r"\{[{%] *(?:if )?(\w+)(?:\.\w+)? *[}%]\}")
CHOICE = re.compile(r"\{% if (\w+)(?:\.\w+)? %\}")
NOTHING = Text(uk="", en="")


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration(EXAMPLE).require()


def source(name: str) -> str:
    return (FOLDER / f"{name}{SUFFIX}").read_text("utf-8")


def facts_of(name: str, *, chosen: bool) -> dict[str, Fact]:
    """A value for all that the words of a mail want; `chosen`: what they depend on is so."""
    text, facts = source(name), {"institution": "Ліцей <№ 1> «Їжак» & Ґ", "username": "46-0000001"}
    wanted = sorted({*FACT.findall(text)} - {"else", "endif", *facts})
    made: dict[str, Fact] = {fact: f"Їжак-{number} <«Ґ»> & О’к" for number, fact in enumerate(wanted)}
    made |= {fact: Text(uk=f"{fact}: їжак & <ґ>", en=f"{fact}: hedgehog & <g>") for fact in IN_WORDS.findall(text)}
    made |= {fact: LINK for fact in ("link", "portal") if fact in wanted}
    if not chosen:
        made |= {fact: NOTHING if isinstance(made[fact], Text) else 0 for fact in CHOICE.findall(text)}
    return facts | made


def composed(configuration: Configuration, name: str, *, chosen: bool) -> EmailMessage:
    letter = Letter("key", name, "school@example.ua", facts_of(name, chosen=chosen))
    return compose(letter, configuration.realm, NOW)


class Reader(HTMLParser):
    """What a person sees of a mail's HTML: its text without space between, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.links, self._in_head = "", list[str](), False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_head = self._in_head or tag == "head"
        self.links += [str(value) for key, value in attrs if key == "href"]

    def handle_endtag(self, tag: str) -> None:
        self._in_head = self._in_head and tag != "head"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._in_head else data


def strictly(part: EmailMessage) -> str:
    """The text of a part from its bytes, repairing nothing."""
    head, _, body = part.as_bytes(policy=part.policy.clone(linesep="\r\n")).partition(b"\r\n\r\n")
    assert b'charset="utf-8"' in head.lower()
    assert body.isascii()
    if part["Content-Transfer-Encoding"] == "base64":
        return a2b_base64(body.replace(b"\r\n", b""), strict_mode=True).decode("utf-8")
    assert part["Content-Transfer-Encoding"] == "quoted-printable"
    assert not re.search(rb"=(?![0-9A-F]{2}|\r\n)", body)
    assert max(map(len, body.split(b"\r\n"))) <= 76
    return decodestring(body).decode("utf-8").replace("\r\n", "\n")


def parts_of(message: EmailMessage) -> tuple[str, str]:
    """Plain text and HTML."""
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert isinstance(plain, EmailMessage)
    assert isinstance(html, EmailMessage)
    return strictly(plain), strictly(html)


@pytest.mark.parametrize("chosen", [True, False])
@pytest.mark.parametrize("name", names())
def test_headers_and_parts_come_back_as_the_very_text(configuration: Configuration, name: str, chosen: bool) -> None:
    message, realm = composed(configuration, name, chosen=chosen), configuration.realm
    headers, wording = headers_of(message), worded(name, facts_of(name, chosen=chosen))
    assert decoded(headers["From"]) == f"{realm.mail.sender_name.uk} <{realm.mail.sender}>"
    assert realm.mail.sender_name.uk == "Технічний адміністратор АІКОМ"
    assert decoded(headers["Subject"]) == wording.subject
    assert headers["To"] == "school@example.ua"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Content-Language"] == "uk, en"
    plain, html = parts_of(message)
    said = " ".join(plain.split())
    for paragraph in (*wording.uk, *wording.en):
        assert " ".join(paragraph.text.split()) in said
        assert paragraph.address is None or paragraph.address in plain
    assert not re.search(r"\{[{%]|None|Undefined", plain + html)


@pytest.mark.parametrize("chosen", [True, False])
@pytest.mark.parametrize("name", names())
def test_the_two_forms_say_the_same(configuration: Configuration, name: str, chosen: bool) -> None:
    plain, html = parts_of(composed(configuration, name, chosen=chosen))
    seen = Reader(html)
    # Beside the words, plain text has a rule between the languages, and after a link's words a colon and its address.
    bare = re.sub(r"-{80}", "", plain)
    for link in seen.links:
        bare = bare.replace(f":\n{link}", "", 1)
    assert "".join(seen.text.split()) == "".join(bare.split())


@pytest.mark.parametrize("chosen", [True, False])
@pytest.mark.parametrize("name", names())
def test_the_two_languages_have_the_same_paragraphs_and_links(name: str, chosen: bool) -> None:
    wording = worded(name, facts_of(name, chosen=chosen))
    assert wording.uk
    assert [p.address for p in wording.uk] == [p.address for p in wording.en]
    assert all(re.search("[а-яіїєґ]", p.text) for p in wording.uk)
    uk, en = source(name).split("\n\n", 1)[1].split("\n---\n")
    assert sorted(FACT.findall(uk)) == sorted(FACT.findall(en.replace("reason_en", "reason_uk")))
    assert not re.search("[а-яіїєґА-ЯІЇЄҐ]", en)


@pytest.mark.parametrize("name", names())
def test_each_says_whom_it_is_about_what_to_do_if_it_was_not_you_and_where_to_ask(
    configuration: Configuration, name: str
) -> None:
    facts, support = facts_of(name, chosen=True), configuration.realm.support
    plain, _ = parts_of(composed(configuration, name, chosen=True))
    said = " ".join(plain.split())
    advice = IF_NOT_YOU[worded(name, facts).if_not_you]
    assert said.index(advice.uk) < said.index(advice.en)
    assert said.count(str(facts["institution"])) >= 2
    assert said.count(support.email) == 2
    assert said.startswith(f"{configuration.realm.display_name.uk} (English below)")


def test_a_link_is_a_link_because_its_file_says_so() -> None:
    """What a person wrote cannot put one into a mail. Source: docs/security.md row 65."""
    answer = "\n\n-> https://evil.example | Увійти\n---\n"
    facts = {**facts_of("request-answered", chosen=True), "answer": answer}
    wording = worded("request-answered", facts)
    assert {paragraph.address for paragraph in (*wording.uk, *wording.en) if paragraph.address} == {
        f"{LINK}/account/requests/"
    }


def test_a_mail_without_words_or_without_a_fact_is_refused(configuration: Configuration) -> None:
    for name, facts in (("../headers", {}), ("key-expired", {"username": "46-0000001"})):
        with pytest.raises(ValueError, match=r"no words|lacks a fact"):
            compose(Letter("key", name, "school@example.ua", facts), configuration.realm, NOW)
