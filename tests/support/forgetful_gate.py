"""The gate as it is served, with keys that grow old in seconds instead of hours: MAX_AGE_S in the environment.

A test cannot wait for a day, and the product has no setting for this.
"""

from __future__ import annotations

import os
from functools import partial

from sidecar.doors import realm_keys as keys

keys.REFRESH_S = 0.5  # type: ignore[misc]  # a constant of the product
keys.RETRY_S = 0.5  # type: ignore[misc]
keys.RealmKeys = partial(keys.RealmKeys, max_age_s=float(os.environ["MAX_AGE_S"]))  # type: ignore[misc, assignment]

from sidecar.gate.wsgi import app  # noqa: E402 - after the change

__all__ = ["app"]
