"""Forms of the desk. Each says what happens when it is sent; what cannot be undone asks for the account's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date as day
from typing import Final

from flask_babel import lazy_gettext
from wtforms import DateField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from provisioning.model.calendar import has_come
from provisioning.model.endings import DOCUMENT_CHARACTERS
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.support_requests import TEXT_MAX, SupportRequestState
from sidecar.frame.forms import Form, TypedName
from sidecar.words.record import REASONS

ACCOUNT_TO_CONFIRM: Final = lazy_gettext("Type the account's name to confirm")
NOT_THE_ACCOUNT: Final = lazy_gettext("This is not the account's name.")
_TOO_LONG: Final = lazy_gettext("This is too long.")
_ID: Final = r"^\s*([0-9]{2}-[0-9]{7}(\s*,\s*[0-9]{2}-[0-9]{7})*)?\s*$"


class AnswerForm(Form):
    """The answer to a support request."""

    outcome = RadioField(
        lazy_gettext("Outcome"),
        choices=[
            SelectChoice(SupportRequestState.DONE.value, lazy_gettext("Done")),
            SelectChoice(SupportRequestState.REFUSED.value, lazy_gettext("Refused")),
        ],
        default=SupportRequestState.DONE.value,
    )
    answer = TextAreaField(
        lazy_gettext("Answer, shown to whoever asked"),
        validators=[
            InputRequired(lazy_gettext("Write an answer.")),
            Length(max=TEXT_MAX, message=_TOO_LONG),
        ],
    )


class WhyForm(Form):
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
        """Refuse a date of decision that has not come."""
        if field.data is not None and not has_come(field.data, self._today):
            raise ValidationError(lazy_gettext("The date lies in the future."))

    def why(self) -> Deactivation:
        """Return reason, document and date, once the form is valid."""
        return Deactivation(DeactivationReason(self.reason.data), self.document.data.strip(), self.date.data)


class DeactivationForm(WhyForm):
    """Reason and document, successors, and the account's name typed out. Source: order cl. 7, 10."""

    successors = StringField(
        lazy_gettext("Successors: codes with commas between them (optional)"),
        validators=[Regexp(_ID, message=lazy_gettext("Write codes such as 46-0001234, with commas between them."))],
    )
    confirmation = TypedName(ACCOUNT_TO_CONFIRM, wrong=NOT_THE_ACCOUNT)

    def __init__(self, username: str, today: day) -> None:
        super().__init__(today)
        self.confirmation.expected = username

    def why(self) -> Deactivation:
        """Return reason, document, date and successors, once the form is valid."""
        successors = [InstitutionId(part.strip()) for part in (self.successors.data or "").split(",") if part.strip()]
        return replace(super().why(), successors=tuple(successors))


class ReinstatementForm(Form):
    """The document on which an authority comes back. Source: order cl. 11."""

    document = StringField(
        lazy_gettext("Decision: what it is called, its number and date"),
        validators=[
            InputRequired(lazy_gettext("Name the document.")),
            Length(max=DOCUMENT_CHARACTERS, message=_TOO_LONG),
        ],
    )
