"""The frame that every mail has: whose it is, both languages, what to do if it was not you, and where to ask.

Both forms come from the same paragraphs. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from textwrap import fill
from typing import Final

from provisioning.mail.wording import Fact, Paragraph, Wording
from provisioning.model.configuration import RealmPolicy
from provisioning.model.text import Text

WIDTH: Final = 78

BELOW: Final = "(English below)"

IF_NOT_YOU: Final[Mapping[str, Text]] = {
    "account": Text(
        uk="Якщо це зробили не ви і не ваші колеги, негайно повідомте підтримку та припиніть дію ключа АРІ в порталі.",
        en="If neither you nor your colleagues did this, write to support at once and cut off the API key in the"
        " portal.",
    ),
    "decision": Text(
        uk="Якщо ви про це не знаєте або вважаєте це помилкою, повідомте підтримку.",
        en="If this is news to you, or you think it is a mistake, write to support.",
    ),
    "operator": Text(
        uk="Якщо це зробили не ви і не ваші колеги, негайно повідомте підтримку.",
        en="If neither you nor your colleagues did this, write to support at once.",
    ),
    "link": Text(
        uk="Нікому не пересилайте цей лист. Працівники Адміністратора ніколи не просять ні посилання, ні пароля. Якщо"
        " ви не чекали на цей лист, не відкривайте посилання і повідомте підтримку.",
        en="Do not forward this mail. The Administrator’s people never ask for the link or for a password. If you did"
        " not expect this mail, do not open the link and write to support.",
    ),
}
"""What a mail says to those who did not expect it, by what its file names."""

_CONTACT: Final = Text(uk="Підтримка", en="Support")
_RULE: Final = "-" * 80
_PAGE: Final = (
    "margin:0;background:#f2f4f7;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;color:#1b2733"
)
_BUTTON: Final = (
    "display:inline-block;padding:12px 22px;background:#16407c;color:#ffffff;text-decoration:none;font-weight:bold"
)


def plain(wording: Wording, policy: RealmPolicy, about: str) -> str:
    """Return the form for readers of plain text."""
    uk, en = (_sheet(wording, policy, about, language) for language in ("uk", "en"))
    blocks = [policy.display_name.uk, BELOW, *map(_plain, uk), _RULE, *map(_plain, en)]
    return "\n\n".join(blocks) + "\n"


def html(wording: Wording, policy: RealmPolicy, about: str) -> str:
    """Return the form with links to press."""
    uk, en = (
        "\n".join(_html(paragraph) for paragraph in _sheet(wording, policy, about, language))
        for language in ("uk", "en")
    )
    brand = escape(policy.display_name.uk)
    cell = 'style="padding:4px 28px 20px'
    table = '<table role="presentation" width="100%" cellpadding="0" cellspacing="0"'
    return f"""<!doctype html>
<html lang="uk">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(wording.subject)}</title></head>
<body style="{_PAGE}">
{table}><tr><td align="center" style="padding:24px 12px">
{table} style="max-width:600px;background:#ffffff;border-top:6px solid #16407c">
<tr><td style="padding:24px 28px 4px;font-weight:bold;color:#16407c">{brand}</td></tr>
<tr><td {cell};font-size:14px" lang="en">{BELOW}</td></tr>
<tr><td {cell}" lang="uk">
{uk}
</td></tr>
<tr><td {cell};border-top:1px solid #d5dbe3" lang="en">
{en}
</td></tr>
</table>
</td></tr></table>
</body>
</html>
"""


def about_of(facts: Mapping[str, Fact]) -> str:
    """Return whom a mail is about: an institution with its account, or what an OIS is called; empty for neither."""
    if "username" in facts and "institution" in facts:
        return f"{facts['institution']} ({facts['username']})"
    return str(facts.get("name", facts.get("system", "")))


def _sheet(wording: Wording, policy: RealmPolicy, about: str, language: str) -> Iterable[Paragraph]:
    """One language's half."""
    if about:
        yield Paragraph(about)
    yield from wording.uk if language == "uk" else wording.en
    yield Paragraph(getattr(IF_NOT_YOU[wording.if_not_you], language))
    support = policy.support
    hours = () if support.hours is None else (getattr(support.hours, language),)
    known = [support.email, support.phone, support.url, *hours]
    yield Paragraph(f"{getattr(_CONTACT, language)}: {' · '.join(part for part in known if part)}")


def _plain(paragraph: Paragraph) -> str:
    if paragraph.address is not None:
        return f"{paragraph.text}:\n{paragraph.address}"
    return "\n".join(
        fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in paragraph.text.split("\n")
    )


def _html(paragraph: Paragraph) -> str:
    text = escape(paragraph.text).replace("\n", "<br>")
    if paragraph.address is None:
        return f"<p>{text}</p>"
    return f'<p><a href="{escape(paragraph.address)}" style="{_BUTTON}">{text}</a></p>'
