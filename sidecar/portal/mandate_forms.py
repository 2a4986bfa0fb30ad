"""Forms of mandates: what an institution says about its contract with an OIS (order cl. 5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from flask_babel import gettext, lazy_gettext
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, Length, Optional

from provisioning.model.calendar import has_come
from provisioning.model.configuration import RightsPolicy
from sidecar.frame.forms import Checkboxes, Form
from sidecar.frame.languages import said

_REQUIRED = DataRequired(lazy_gettext("Fill this in."))


class MandateForm(Form):
    """The contract and what it allows."""

    contract = StringField(lazy_gettext("Number of the contract"), validators=[_REQUIRED, Length(max=100)])
    signed = DateField(lazy_gettext("Date of the contract"), validators=[_REQUIRED])
    until = DateField(
        lazy_gettext("Last day of the mandate"),
        description=lazy_gettext("After it the OIS stops by itself. Leave it empty for a contract without an end."),
        validators=[Optional()],
    )
    rights = Checkboxes(
        lazy_gettext("What the OIS may do for you"),
        choices=[],
        validators=[DataRequired(lazy_gettext("Choose at least one right."))],
    )

    def offer(self, policy: RightsPolicy, possible: Collection[str]) -> None:
        """Offer these rights, in the language of the page."""
        described = {right.name: said(right.description) for right in policy.rights}
        self.rights.choices = [(name, f"{described.get(name, name)} ({name})") for name in possible]

    def is_consistent(self, today: date) -> bool:
        """Return whether the dates fit together; notes a mistake at its field otherwise."""
        if not has_come(self.signed.data, today):
            self.signed.errors = (gettext("The contract is not signed yet."),)
        if self.until.data is not None and self.until.data < max(today, self.signed.data):
            self.until.errors = (gettext("This day is past, or before the contract."),)
        return not (self.signed.errors or self.until.errors)


class WithdrawalForm(Form):
    """Why a mandate ends."""

    reason = StringField(
        lazy_gettext("Reason"),
        description=lazy_gettext("The OIS reads it. Such as: the contract has ended."),
        validators=[_REQUIRED, Length(max=300)],
    )
