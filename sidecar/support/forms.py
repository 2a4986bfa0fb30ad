"""What may be asked to be explained: an access token or a name, and a request with it."""

from __future__ import annotations

import re
from typing import Final

from flask_babel import lazy_gettext
from wtforms import SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from provisioning.gate.reasons import Reason
from provisioning.gate.requests import LONGEST_TARGET, ProtocolCall, read_target
from provisioning.gate.tokens import LONGEST_TOKEN
from sidecar.frame.forms import Form

_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,100}")
"""Ids of institutions, accounts, keys and OIS. No token looks like that: it has dots."""

_METHODS: Final = ("", "GET", "POST", "PUT", "PATCH", "DELETE")
_TOO_LONG: Final = lazy_gettext("This is too long.")


class DiagnosisForm(Form):
    """What is to be explained. `subject` may be a token, so it is never shown again, kept or logged."""

    subject = TextAreaField(
        lazy_gettext("Access token, or the code of an institution, account, API key or OIS"),
        validators=[
            InputRequired(lazy_gettext("Paste a token or write a code such as 46-0001234.")),
            Length(max=LONGEST_TOKEN + 100, message=_TOO_LONG),
        ],
    )
    method = SelectField(
        lazy_gettext("Method (optional)"), choices=[SelectChoice(each, each or "-") for each in _METHODS]
    )
    path = StringField(lazy_gettext("Path (optional)"), validators=[Length(max=LONGEST_TARGET, message=_TOO_LONG)])

    def validate_path(self, field: StringField) -> None:
        """Require method and path together, or neither."""
        if bool(self.method.data) != bool((field.data or "").strip()):
            raise ValidationError(lazy_gettext("Give method and path both, or neither."))

    @property
    def name(self) -> str | None:
        """Return the name that was written; None for a token."""
        said = (self.subject.data or "").strip()
        return said if _NAME.fullmatch(said) else None

    @property
    def token(self) -> str:
        """Return the token that was pasted, without the word before it."""
        return (self.subject.data or "").strip().removeprefix("Bearer ").strip()

    def asked(self) -> ProtocolCall | Reason | None:
        """Return the request to be explained; None when there is none."""
        return read_target(self.method.data, self.path.data.strip()) if self.method.data else None

    def forget_token(self) -> None:
        """Drop the token before the form is shown again."""
        if self.name is None:
            self.subject.data = ""
