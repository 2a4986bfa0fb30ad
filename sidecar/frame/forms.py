"""What forms of several rooms are made of. Flask-WTF and WTForms have no types: this is where that ends."""

from __future__ import annotations

from flask import request
from flask_babel import LazyString
from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import SelectMultipleField, StringField, ValidationError, widgets


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types.
    """Base of every form: it bears a token of the session, so that no other site can send it.

    Only what browsers send as a form is one. Flask-WTF would take JSON as well, of any shape, and past what looks at
    the texts of forms.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF has no types.
        """How a form is read."""

        def wrap_formdata(self, form: FlaskForm, formdata: object) -> object:
            """Return what was sent; nothing of JSON."""
            is_json = formdata is not None and request.is_json
            return super().wrap_formdata(form, ImmutableMultiDict() if is_json else formdata)

    def is_submitted(self) -> bool:
        """Return whether the request sends the form, rather than asks for it."""
        return bool(super().is_submitted())

    def validate_on_submit(self) -> bool:
        """Return whether the form was sent and has no mistake. Each mistake is noted at its field."""
        return bool(super().validate_on_submit())


class ButtonForm(Form):
    """A button that does what the page says."""


class Checkboxes(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types.
    """Several of a list, each with a box of its own: works by keyboard and without JavaScript."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class TypedName(StringField):  # type: ignore[misc]  # WTForms has no types.
    """A name that has to be typed out to confirm: what cannot be undone is not clicked.

    `expected` is set by the form; until then no name is right. `wrong` is said of any other.
    """

    def __init__(self, label: LazyString, *, wrong: LazyString, **more: object) -> None:
        super().__init__(label, **more)
        self.expected: str | None = None
        self._wrong = wrong

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse every name but the expected one. Raises ValidationError."""
        if self.expected is None or (self.data or "").strip() != self.expected:
            raise ValidationError(self._wrong)
