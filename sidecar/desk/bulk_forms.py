"""Forms of the bulk deactivation: whom and why, then the exact number. Source: order cl. 10."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date as day
from enum import StrEnum
from typing import Final

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from provisioning.lifecycle.accounts.choosing import Choice
from provisioning.model.ois import OisRecord
from sidecar.desk.forms import WhyForm
from sidecar.desk.id_lists import MOST, IdList, pasted_ids, uploaded_ids
from sidecar.frame.forms import Form

_REASON_MAX: Final = 2_000
_WRONG_SHOWN: Final = 5


class By(StrEnum):
    """How the accounts of a bulk are chosen."""

    AUTHORITY = "authority"
    OIS = "ois"
    LIST = "list"


class BulkForm(WhyForm):
    """Which accounts and why. Once it is valid, `choice` has the accounts, and a file's ids are in `names` too."""

    by = RadioField(
        lazy_gettext("Whose accounts"),
        choices=[
            SelectChoice(By.AUTHORITY.value, lazy_gettext("Everything below an authority, itself not included")),
            SelectChoice(By.OIS.value, lazy_gettext("All that ever gave an OIS a mandate")),
            SelectChoice(By.LIST.value, lazy_gettext("A list of codes")),
        ],
    )
    authority = StringField(lazy_gettext("Code of the authority"), validators=[Length(max=64)])
    ois = SelectField("ОІС", default="")
    names = TextAreaField(lazy_gettext("Codes, one a line or with commas between them"))
    file = FileField(lazy_gettext("or a file: text or CSV with the codes in the first column"))

    def __init__(self, today: day, systems: Iterable[OisRecord]) -> None:
        super().__init__(today)
        self.ois.choices = [("", "–"), *((record.slug, f"{record.name} ({record.slug})") for record in systems)]
        self._list = IdList((), ())

    def validate_authority(self, field: StringField) -> None:
        """Require the authority's code when accounts are chosen by authority."""
        if self.by.data == By.AUTHORITY and not (field.data or "").strip():
            raise ValidationError(gettext("Give the code of the authority."))

    def validate_ois(self, field: SelectField) -> None:
        """Require an OIS when accounts are chosen by OIS."""
        if self.by.data == By.OIS and not field.data:
            raise ValidationError(gettext("Choose the OIS."))

    def validate_names(self, field: TextAreaField) -> None:
        """Require codes that are codes, and not too many of them, when accounts are chosen by a list."""
        if self.by.data != By.LIST:
            return
        self._list = self._read_list(field.data or "")
        if self._list.wrong:
            shown = ", ".join(self._list.wrong[:_WRONG_SHOWN])
            raise ValidationError(gettext("These are no codes such as 46-0001234: %(words)s", words=shown))
        if not self._list.names:
            raise ValidationError(gettext("Give at least one code."))
        if len(self._list.names) > MOST:
            raise ValidationError(gettext("More than %(most)s codes: give them in parts.", most=MOST))
        field.data = " ".join(self._list.names)

    def choice(self) -> Choice:
        """Return which accounts are chosen, once the form is valid."""
        if self.by.data == By.AUTHORITY:
            return Choice(authority=self.authority.data.strip())
        return Choice(ois=self.ois.data) if self.by.data == By.OIS else Choice(names=self._list.names)

    def _read_list(self, text: str) -> IdList:
        upload = self.file.data
        if not upload or not upload.filename:
            return pasted_ids(text)
        try:
            found = uploaded_ids(upload.read())
        except UnicodeDecodeError as error:
            raise ValidationError(gettext("The file is not text in UTF-8.")) from error
        both = pasted_ids(text)
        return IdList(tuple(dict.fromkeys((*both.names, *found.names))), (*both.wrong, *found.wrong))


class NumberForm(Form):
    """The exact number of accounts, typed out: what cannot be undone is not clicked."""

    number = IntegerField(
        lazy_gettext("Type the exact number of accounts to confirm"),
        validators=[InputRequired(lazy_gettext("Type the number."))],
    )

    def confirms(self, count: int) -> bool:
        """Return whether the typed number is `count`; notes a mistake at the field otherwise."""
        if self.number.data != count:
            self.number.errors = [gettext("This is not the number of accounts.")]
        return not self.number.errors


class DecisionForm(BulkForm):
    """The bulk form once more, with the digest of the preview that was shown and the exact number."""

    seen = HiddenField(validators=[InputRequired(), Length(max=64)])
    number = IntegerField(
        lazy_gettext("Type the exact number of accounts to confirm"),
        validators=[InputRequired(lazy_gettext("Type the number."))],
    )

    @property
    def choice_is_valid(self) -> bool:
        """Return whether only the confirmation is wrong, so that the preview can be shown again."""
        return not {"by", "authority", "ois", "names", "reason", "document", "date"} & self.errors.keys()

    def confirms(self, count: int, digest: str) -> bool:
        """Return whether the preview was of these accounts and their number is typed; notes a mistake otherwise."""
        if self.seen.data != digest:
            self.number.errors = [gettext("The accounts have changed since you looked. Check them once more.")]
        elif self.number.data != count:
            self.number.errors = [gettext("This is not the number of accounts.")]
        return not self.number.errors


class RefusalForm(Form):
    """Why a proposal or a request is refused."""

    reason = TextAreaField(
        lazy_gettext("Reason, kept in the ledger"),
        validators=[
            InputRequired(lazy_gettext("Say why.")),
            Length(max=_REASON_MAX, message=lazy_gettext("This is too long.")),
        ],
    )
