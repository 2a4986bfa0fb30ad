"""The order's annexes: requirements with ids of their own, agreements that fill in and follow one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provisioning.model.annexes import PLACEHOLDER, PLACEHOLDERS, Check
from provisioning.model.institution import Source
from provisioning.registry.documents import Location
from provisioning.registry.folder import AGREEMENT
from provisioning.registry.problems import Problem, error, shown
from provisioning.registry.rules.scene import Scene
from provisioning.registry.schema.annexes import AgreementFile

_KNOWN: Final = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))


def unique_requirements(scene: Scene) -> Iterator[Problem]:
    """Report requirements that share an id: evidence is recorded by it."""
    seen: dict[str, Source] = {}
    for item in scene.singles.requirement_items:
        name, place = item.entry.id, item.at("id")
        if name in seen:
            message = f"the requirement {name} stands first at {seen[name]}"
            yield error("duplicate-requirement", place, message, "give one of the two an id of its own")
        seen.setdefault(name, place)


def every_check_once(scene: Scene) -> Iterator[Problem]:
    """Report a check that two items name: its result is evidence for one item."""
    seen: dict[Check, Source] = {}
    for item in scene.singles.requirement_items:
        if item.entry.check is None:
            continue
        place = item.at("check")
        if item.entry.check in seen:
            message = f"the check {item.entry.check} belongs to the requirement at {seen[item.entry.check]}"
            yield error("duplicate-check", place, message, "let one requirement have it")
        seen.setdefault(item.entry.check, place)


def known_placeholders(scene: Scene) -> Iterator[Problem]:
    """Report a word in braces that the applicant's data cannot replace, and a brace without its pair."""
    for item in scene.singles.agreements:
        for location, text in _texts(item.entry):
            for word in PLACEHOLDER.findall(text):
                if word not in PLACEHOLDERS:
                    message = f"{{{shown(word)}}} stands for nothing"
                    yield error("unknown-placeholder", item.at(*location), message, f"write one of {_KNOWN}")
            if PLACEHOLDER.sub("", text).count("{") or PLACEHOLDER.sub("", text).count("}"):
                message = "a brace without its pair"
                yield error("lone-brace", item.at(*location), message, "close the brace, or remove it")


def versions_once(scene: Scene) -> Iterator[Problem]:
    """Report a version that two files have: signatures are kept under its name, so it is one text for ever."""
    seen: dict[str, Source] = {}
    for item in scene.singles.agreements:
        place = item.at("version")
        if item.entry.version in seen:
            message = f"version {item.entry.version} of the agreement stands first at {seen[item.entry.version]}"
            yield error("duplicate-version", place, message, "give the new text a new version")
        seen.setdefault(item.entry.version, place)


def accession_after_beginning(scene: Scene) -> Iterator[Problem]:
    """Report a text that asks for accession before it is in force, or none but the first that never asks."""
    ordered = sorted(scene.singles.agreements, key=lambda item: item.entry.since)
    for position, item in enumerate(ordered):
        entry = item.entry
        if entry.accede_by is not None and entry.accede_by <= entry.since:
            message = "the day to accede by is not after the day on which the text begins"
            yield error("accede-too-early", item.at("accede_by"), message, "write a later day")
        if position and entry.since == ordered[position - 1].entry.since:
            message = f"{ordered[position - 1].document.file} begins on the same day"
            yield error("same-beginning", item.at("since"), message, "let one text be in force on a day")
        if position and entry.accede_by is None:
            message = "a later version of the agreement says by when connected OIS accede to it"
            yield error("missing-key", item.document.place(()), message, "add `accede_by:`")


def one_in_force(scene: Scene) -> Iterator[Problem]:
    """Report that no text is in force today: applicants need one to sign."""
    texts = scene.singles.agreements
    if texts and all(item.entry.since > scene.today for item in texts):
        remedy = "let the first version begin on an earlier day"
        yield error("no-agreement", Source(AGREEMENT), "no version of the agreement is in force yet", remedy)


def _texts(entry: AgreementFile) -> Iterator[tuple[Location, str]]:
    yield ("title",), entry.title
    for number, section in enumerate(entry.sections):
        yield ("sections", number, "title"), section.title
        for line, paragraph in enumerate(section.paragraphs):
            yield ("sections", number, "paragraphs", line), paragraph
