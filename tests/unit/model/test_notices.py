"""Every kind of event has its mail, or a written reason why it has none; and every mail has its kind or its duty."""

from __future__ import annotations

from itertools import combinations

from provisioning.lifecycle.applications import APPLICATION_MAIL
from provisioning.lifecycle.keys.ageing import EXPIRING_MAIL
from provisioning.lifecycle.keys.rotation import EXPIRED_MAIL
from provisioning.lifecycle.ois.accession import ACCESSION_MAIL
from provisioning.lifecycle.ois.validity import EXPIRY_MAIL
from provisioning.mail.wording import names
from provisioning.model.events import EventKind
from provisioning.model.notices import BY_AUTHORITY_MAIL, MAILED_OTHERWISE, NOTICES, UNSENT

OF_NO_EVENT = {APPLICATION_MAIL, EXPIRING_MAIL, EXPIRED_MAIL, ACCESSION_MAIL, EXPIRY_MAIL}
"""Mails about days that come, and about an application before it is confirmed."""


def test_every_kind_of_event_has_its_one_line() -> None:
    tables = {"NOTICES": set(NOTICES), "MAILED_OTHERWISE": set(MAILED_OTHERWISE), "UNSENT": set(UNSENT)}
    assert set(EventKind) == set().union(*tables.values())
    for (one, kinds), (other, others) in combinations(tables.items(), 2):
        assert not kinds & others, f"in {one} and in {other}"
    assert [kind for kind, why in UNSENT.items() if len(why.split()) < 4] == [], "why there is no mail"


def test_every_mail_that_is_named_has_words_and_all_words_are_used() -> None:
    of_events = {notice.template for notice in NOTICES.values()} | {BY_AUTHORITY_MAIL}
    of_events |= {name for listed in MAILED_OTHERWISE.values() for name in listed}
    assert of_events | OF_NO_EVENT == set(names())
