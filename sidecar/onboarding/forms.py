"""Forms of registration: the application, its link, a name typed out. What is wrong with an entry `entry` decides."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from wtforms import EmailField, StringField, TextAreaField

from provisioning.model.configuration import RightsPolicy
from sidecar.applications.entry import FieldProblem
from sidecar.frame.forms import Checkboxes, Form, TypedName
from sidecar.frame.languages import said
from sidecar.words.ois import problem_text

_OPTIONAL: Final = ("jwks_url", "jwks")
_LINES: Final = ("purposes", "redirect_uris", "networks")


class _Rights(Checkboxes):
    """Rights to tick."""

    def pre_validate(self, form: Form) -> None:
        """`entry` knows which rights there are."""


class ApplicationForm(Form):
    """One field per member of `entry.ApplicationEntry`; lists are typed one per line."""

    name = StringField(lazy_gettext("Name of the system"))
    slug = StringField(
        lazy_gettext("Short name"),
        description=lazy_gettext("Latin letters, digits and hyphens, such as my-diary. It cannot be changed later."),
    )
    site = StringField(lazy_gettext("Site"), description=lazy_gettext("Begins with https://"))
    operator = StringField(lazy_gettext("Legal entity that runs the system"))
    edrpou = StringField(lazy_gettext("EDRPOU code"), description=lazy_gettext("Eight digits"))
    contact = StringField(lazy_gettext("Contact person"), render_kw={"autocomplete": "name"})
    email = EmailField(
        lazy_gettext("E-mail"),
        description=lazy_gettext("A link comes here that confirms the application, and later opens it again."),
        render_kw={"autocomplete": "email"},
    )
    phone = StringField(
        lazy_gettext("Phone"),
        description=lazy_gettext("With the country code: +380 …"),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    purposes = TextAreaField(
        lazy_gettext("What the data is for"), description=lazy_gettext("One purpose per line"), render_kw={"rows": 3}
    )
    rights = _Rights(lazy_gettext("Rights that the system needs"), choices=[])
    data_location = TextAreaField(
        lazy_gettext("Where the data is processed"),
        description=lazy_gettext("Country, data centre, and who runs it"),
        render_kw={"rows": 2},
    )
    jwks_url = StringField(
        lazy_gettext("Address of the public keys (JWKS)"),
        description=lazy_gettext("Or paste the key set into the next field"),
    )
    jwks = TextAreaField(
        lazy_gettext("Public keys (JWKS)"),
        description=lazy_gettext("Public keys only. Never send a private one to anybody."),
        render_kw={"rows": 5, "spellcheck": "false"},
    )
    redirect_uris = TextAreaField(
        lazy_gettext("Addresses to come back to after login"),
        description=lazy_gettext("One per line; only if people log in to your system through AIKOM"),
        render_kw={"rows": 2},
    )
    networks = TextAreaField(
        lazy_gettext("Networks that the system calls from"),
        description=lazy_gettext("One per line, such as 203.0.113.0/28"),
        render_kw={"rows": 2},
    )

    def offer(self, rights: RightsPolicy) -> None:
        """Fill the list of rights in the language of the page."""
        self.rights.choices = [(right.name, f"{said(right.description)} ({right.name})") for right in rights.rights]

    def as_entry(self) -> dict[str, Any]:
        """Return what was typed, in the shape of `entry.ApplicationEntry`."""
        raw: dict[str, Any] = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in self.data.items()
            if name != "csrf_token"
        }
        for name in _LINES:
            raw[name] = [line.strip() for line in (raw[name] or "").splitlines() if line.strip()]
        raw["data_location"] = " ".join((raw["data_location"] or "").split())
        raw["rights"] = list(raw["rights"] or ())
        for name in _OPTIONAL:
            raw[name] = raw[name] or None
        if raw["jwks"] is not None:
            raw["jwks"] = _as_json(raw["jwks"])
        return raw

    def show(self, problems: Iterable[FieldProblem]) -> None:
        """Put each problem beside its field."""
        for problem in problems:
            field = self[problem.field] if problem.field in self else self["name"]
            field.errors = [*field.errors, str(problem_text(problem.code))]


class LinkForm(Form):
    """Asks for another link to an application."""

    slug = StringField(lazy_gettext("Short name of the system"))
    email = EmailField(lazy_gettext("E-mail of the application"), render_kw={"autocomplete": "email"})


class NameForm(Form):
    """The short name of the OIS typed out, for a decision that stops it. Each has fields of its own on the page."""

    confirmation = TypedName(
        lazy_gettext("Type the short name of the OIS to confirm"),
        wrong=lazy_gettext("This is not the short name of the OIS."),
    )

    def __init__(self, decision: str, slug: str) -> None:
        super().__init__(prefix=decision)
        self.confirmation.expected = slug


def _as_json(text: str) -> Any:
    """The value; the text itself when it is no JSON, which `entry` then refuses."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def heading_of_errors(count: int) -> str:
    """Write the line above a form that was sent back."""
    return str(gettext("The form has mistakes: %(count)s. Correct them and send it again.", count=count))
