"""User names of the invented people and institutions that the sidecar's tests sign in."""

from __future__ import annotations

SCHOOL = "46-0001234"
SECOND_GENERATION = "46-0001235-g2"
AUTHORITY = "46-0000012"
DEACTIVATED = "46-0009999"
UNKNOWN = "46-0008888"
ADMINISTRATOR = "o.koval"
AUDITOR = "i.bondar"
NOBODY = "stranger"

SCHOOL_NAME = "Ліцей № 1 імені Івана Франка Вигаданої міської ради"
OPERATED = "runner"
"""Short name of an OIS that only applied."""

ENDED = "ended"
"""Short name of an OIS whose application was rejected."""
