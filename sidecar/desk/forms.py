"""Forms of the desk. Each says what happens when it is sent; what cannot be undone asks for the account's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date as day
from typing import Final

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from provisioning.model.calendar import has_come
from provisioning.model.endings import DOCUMENT_CHARACTERS
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.requests import TEXT_MAX, RequestState
from sidecar.words.record import REASONS

_TOO_LONG: Final = lazy_gettext("This is too long.")
_ID: Final = r"^\s*([0-9]{2}-[0-9]{7}(\s*,\s*[0-9]{2}-[0-9]{7})*)?\s*$"


class ButtonForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A button that does what the page says."""


class AnswerForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The answer to a request."""

    outcome = RadioField(
        lazy_gettext("Outcome"),
        choices=[
            SelectChoice(RequestState.DONE.value, lazy_gettext("Done")),
            SelectChoice(RequestState.REFUSED.value, lazy_gettext("Refused")),
        ],
        default=RequestState.DONE.value,
    )
    answer = TextAreaField(
        lazy_gettext("Answer, shown to whoever asked"),
        validators=[
            InputRequired(lazy_gettext("Write an answer.")),
            Length(max=TEXT_MAX, message=_TOO_LONG),
        ],
    )


class WhyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Reason from the closed list, document and its date. Source: order cl. 10."""

    reason = RadioField(
        lazy_gettext("Reason (clause 10 of the order)"),
        choices=[SelectChoice(reason.value, text) for reason, text in REASONS.items()],
    )
    document = StringField(
        lazy_gettext("Decision: what it is called, its number"),
        validators=[
            InputRequired(lazy_gettext("Name the document.")),
            Length(max=DOCUMENT_CHARACTERS, message=_TOO_LONG),
        ],
    )
    date = DateField(lazy_gettext("Date of the decision"), validators=[InputRequired(lazy_gettext("Give the date."))])

    def __init__(self, today: day) -> None:
        super().__init__()
        self._today = today

    def validate_date(self, field: DateField) -> None:
        """A decision is not of a day to come."""
        if field.data is not None and not has_come(field.data, self._today):
            raise ValidationError(lazy_gettext("The date lies in the future."))

    def why(self) -> Deactivation:
        """The decision, once the form is valid."""
        return Deactivation(DeactivationReason(self.reason.data), self.document.data.strip(), self.date.data)


class DeactivationForm(WhyForm):
    """Reason and document, successors, and the account's name typed out. Source: order cl. 7, 10."""

    successors = StringField(
        lazy_gettext("Successors: codes with commas between them (optional)"),
        validators=[Regexp(_ID, message=lazy_gettext("Write codes such as 46-0001234, with commas between them."))],
    )
    confirmation = StringField(lazy_gettext("Type the account's name to confirm"))

    def __init__(self, username: str, today: day) -> None:
        super().__init__(today)
        self._username = username

    def validate_confirmation(self, field: StringField) -> None:
        """What was typed is this account's name and no other's."""
        if (field.data or "").strip() != self._username:
            raise ValidationError(lazy_gettext("This is not the account's name."))

    def why(self) -> Deactivation:
        """The decision, once the form is valid."""
        successors = [InstitutionId(part.strip()) for part in (self.successors.data or "").split(",") if part.strip()]
        return replace(super().why(), successors=tuple(successors))


class ReinstatementForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The document on which an authority comes back. Source: order cl. 11."""

    document = StringField(
        lazy_gettext("Decision: what it is called, its number and date"),
        validators=[
            InputRequired(lazy_gettext("Name the document.")),
            Length(max=DOCUMENT_CHARACTERS, message=_TOO_LONG),
        ],
    )
