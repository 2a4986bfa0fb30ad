"""Both languages are complete: English is the source, Ukrainian is in the catalogue. A missing translation fails."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask_babel import ngettext

import sidecar
from sidecar.auth.identity import Identity
from tests.support import sidecar_people as people
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

ROOT = Path(sidecar.__file__).parent
CATALOGUE = ROOT / "translations" / "uk" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
GLOSSARY = {
    "base key": "базов",
    "API key": "АРІ",
    "OIS": "ОІС",
    "AIKOM": "АІКОМ",
    "central database": "централь",
    "Administrator": "Адміністратор",
    "institution": ("заклад", "установа"),
    "authorities": "орган",
    "account": ("обліков", "запис"),
}


@cache
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="uk", abort_invalid=True)


@cache
def source_texts() -> frozenset[str]:
    with (ROOT / "translations" / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
    found = extract_from_dir(ROOT, methods, options, keywords=keywords)
    return frozenset(text[0] if isinstance(text, tuple) else text for _, _, text, _, _ in found)


def translations() -> list[tuple[str, tuple[str, ...], Message]]:
    """Every message: its source text (singular), its Ukrainian texts, and the message itself."""
    pairs = []
    for message in catalogue():
        if message.id:
            singular = message.id[0] if isinstance(message.id, tuple) else message.id
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            pairs.append((str(singular), tuple(map(str, texts)), message))
    return pairs


def test_every_text_of_the_source_is_in_the_catalogue_and_nothing_else() -> None:
    known = {singular for singular, _, _ in translations()}
    assert known - source_texts() == set(), "no longer used"
    assert source_texts() - known == set(), "not translated"


def test_every_translation_is_complete_and_sure() -> None:
    unfinished = [source for source, texts, message in translations() if message.fuzzy or not all(texts)]
    assert unfinished == []


def test_every_translation_is_in_ukrainian() -> None:
    foreign = re.compile("[ыэъёЫЭЪЁ]")
    assert [s for s, texts, _ in translations() if not all(re.search("[а-яіїєґА-ЯІЇЄҐ]", text) for text in texts)] == []
    assert [s for s, texts, _ in translations() if any(foreign.search(text) for text in texts)] == []


def test_no_word_mixes_latin_and_cyrillic_letters() -> None:
    mixed = re.compile(r"\w*(?:[A-Za-z][А-яІіЇїЄєҐґ]|[А-яІіЇїЄєҐґ][A-Za-z])\w*")
    found = [mixed.findall(text) for _, texts, _ in translations() for text in texts]
    assert [words for words in found if words] == []


def test_placeholders_survive_translation() -> None:
    for source, texts, _ in translations():
        assert {frozenset(PLACEHOLDER.findall(text)) for text in texts} == {frozenset(PLACEHOLDER.findall(source))}


@pytest.mark.parametrize("term", GLOSSARY)
def test_the_words_of_the_glossary_are_used(term: str) -> None:
    wanted = GLOSSARY[term]
    accepted = (wanted,) if isinstance(wanted, str) else wanted
    without = [
        source
        for source, texts, _ in translations()
        if re.search(rf"\b{term}\b", source)
        and not all(any(word.casefold() in text.casefold() for word in accepted) for text in texts)
    ]
    assert without == []


@pytest.mark.parametrize(("count", "text"), [(1, "систему"), (3, "системи"), (5, "систем"), (21, "систему")])
def test_plurals_follow_ukrainian(sidecar: Sidecar, count: int, text: str) -> None:
    with sidecar.app.test_request_context("/"):
        said = ngettext("%(num)d system is connected.", "%(num)d systems are connected.", count)
    assert said == f"Підключено {count} {text}."


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ({}, "", "uk"),
        ({"Accept-Language": "en-GB,en;q=0.9"}, "", "en"),
        ({"Accept-Language": "de,fr;q=0.8"}, "", "uk"),
        ({"Accept-Language": "en, uk;q=0.5"}, "?lang=uk", "uk"),
        ({"Accept-Language": "uk"}, "?lang=en", "en"),
        ({"Accept-Language": "uk"}, "?lang=xx", "uk"),
    ],
)
def test_the_language_is_chosen_by_link_then_by_the_browser(
    sidecar: Sidecar, headers: dict[str, str], query: str, expected: str
) -> None:
    page = sidecar.client().get("/" + query, headers=headers).get_data(as_text=True)
    assert f'<html lang="{expected}">' in page


def test_a_choice_by_link_is_remembered(sidecar: Sidecar) -> None:
    client = sidecar.client()
    client.get("/?lang=en")
    assert '<html lang="en">' in client.get("/ois").get_data(as_text=True)


def test_the_switch_keeps_the_rest_of_the_address(sidecar: Sidecar) -> None:
    page = sidecar.client().get("/ois?place=%26%22x&lang=uk").get_data(as_text=True)
    assert 'href="?place=%26%22x&amp;lang=en"' in page


@pytest.mark.parametrize("who", [people.SCHOOL, people.ADMINISTRATOR])
def test_no_ukrainian_page_has_english_sentences(sidecar: Sidecar, who: Identity) -> None:
    client = sidecar.signed_in(who)
    for path in ("/", "/ois", "/account", "/nothing-here"):
        text = re.sub(r"<[^>]*>", " ", client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True))
        assert re.findall(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", text) == []
