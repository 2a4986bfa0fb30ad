"""What the checks of a diagnosis are called."""

from __future__ import annotations

from typing import Final

from flask_babel import LazyString, lazy_gettext

from provisioning.gate.decision import Step

CHECKS: Final[dict[str, LazyString]] = {
    "form": lazy_gettext("Form of the token"),
    "signature": lazy_gettext("Signature"),
    "token": lazy_gettext("Issuer, audience and times of the token"),
    "claims": lazy_gettext("Whose token it is"),
    "request": lazy_gettext("The request"),
    Step.ACCOUNT: lazy_gettext("Account"),
    Step.KEY: lazy_gettext("API key"),
    Step.CLIENT: lazy_gettext("OIS"),
    Step.MANDATE: lazy_gettext("Mandate"),
    Step.ROUTE: lazy_gettext("Route of the exchange protocol"),
    Step.RIGHT: lazy_gettext("Right"),
    Step.SPHERE: lazy_gettext("Sphere of activity"),
}
