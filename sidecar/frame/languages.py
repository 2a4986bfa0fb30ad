"""Which language a page is in, and the catalogues. Source strings are English; Ukrainian is the default.

Catalogues are compiled in memory from their `.po` files, so a fresh clone needs no build step and holds no binaries.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, request
from flask_babel import Babel, Domain, format_datetime, format_percent, format_timedelta, get_locale, gettext, ngettext

from provisioning.model.text import Text

UKRAINIAN: Final = "uk"
ENGLISH: Final = "en"
LANGUAGES: Final = {UKRAINIAN: "Українська", ENGLISH: "English"}

COOKIE: Final = "language"
_COOKIE_S: Final = 365 * 24 * 3600
_CATALOGUES: Final = Path(__file__).parents[1] / "translations"


def language() -> str:
    """Return this request's language code: chosen by link, else remembered, else the browser's, else Ukrainian."""
    return str(get_locale() or UKRAINIAN)


def said(text: Text) -> str:
    """Return a text of the configuration in this request's language."""
    return text.en if language() == ENGLISH else text.uk


def init_languages(app: Flask, *, tls: bool) -> None:
    """Make `gettext` and its kin speak this request's language. `tls`: the cookie travels encrypted only."""
    babel = Babel()
    babel.init_app(app, default_locale=UKRAINIAN, default_timezone="Europe/Kyiv", locale_selector=_select)
    babel.domain_instance = _Catalogues()
    app.add_template_filter(moment)
    app.add_template_filter(span)
    app.add_template_filter(share)
    app.add_template_filter(age)
    app.add_template_filter(said)
    app.after_request(partial(_remember, tls=tls))


def moment(at: datetime) -> str:
    """Write a time for people, in Kyiv: `24 листопада 2026, 16:31`."""
    return str(format_datetime(at, "d MMMM y, HH:mm"))


def span(time: timedelta) -> str:
    """Write a length of time for people, in full days: `12 днів`."""
    return str(ngettext("%(num)d day", "%(num)d days", time.days)) if time.days else str(gettext("less than a day"))


def age(time: timedelta) -> str:
    """Write how long ago something was, roughly: `3 години`, `2 дні`."""
    return str(format_timedelta(max(time, timedelta(seconds=1)), granularity="minute"))


def share(part: float) -> str:
    """Write a share of a whole for people: `2 %`."""
    return str(format_percent(part))


@cache
def catalogue(code: str) -> NullTranslations:
    """Load the texts of a language; English, the language of the source, has none."""
    path = _CATALOGUES / code / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return Translations(compiled)


class _Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel has no types.
    """Flask-Babel's domain, reading `.po` instead of `.mo`."""

    def __init__(self) -> None:
        super().__init__(translation_directories=str(_CATALOGUES))

    def get_translations(self) -> NullTranslations:
        return catalogue(language())


def _select() -> str:
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    return request.accept_languages.best_match(list(LANGUAGES)) or UKRAINIAN


def _remember(response: Response, *, tls: bool) -> Response:
    """Keep a choice made by link. Not part of the session: it outlives sign-out and holds nothing personal."""
    chosen = request.args.get("lang")
    if chosen in LANGUAGES and chosen != request.cookies.get(COOKIE):
        response.set_cookie(COOKIE, chosen, max_age=_COOKIE_S, secure=tls, httponly=True, samesite="Lax")
    return response


def switch_query(code: str) -> str:
    """Return the query string of the present page in another language."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return "?" + urlencode([*kept, ("lang", code)])
