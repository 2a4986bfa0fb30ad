"""What the public list calls its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString, lazy_gettext

from provisioning.model.events import EventKind
from provisioning.model.ois import ConclusionOutcome
from sidecar.directory.listing import Standing

STANDINGS: Final[Mapping[Standing, LazyString]] = {
    Standing.CONNECTED: lazy_gettext("Connected"),
    Standing.SUSPENDED: lazy_gettext("Suspended: has no access now"),
    Standing.CONCLUSION_EXPIRED: lazy_gettext("Conclusion has run out: has no access now"),
    Standing.TERMINATED: lazy_gettext("Connection terminated"),
}

CHANGES: Final[Mapping[EventKind, LazyString]] = {
    EventKind.OIS_CONNECTED: lazy_gettext("OIS connected to the central database"),
    EventKind.OIS_SUSPENDED: lazy_gettext("OIS suspended"),
    EventKind.OIS_RESUMED: lazy_gettext("OIS resumed"),
    EventKind.OIS_TERMINATED: lazy_gettext("Connection of the OIS terminated"),
    EventKind.OIS_CONCLUDED: lazy_gettext("Conclusion on the OIS issued"),
}

OUTCOMES: Final[Mapping[ConclusionOutcome, LazyString]] = {
    ConclusionOutcome.POSITIVE: lazy_gettext("Positive"),
    ConclusionOutcome.REMARKS: lazy_gettext("With remarks"),
    ConclusionOutcome.NEGATIVE: lazy_gettext("Negative"),
}
