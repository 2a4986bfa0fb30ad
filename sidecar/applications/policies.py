"""The configuration that registration needs, read again when a file of it has changed."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Final

from provisioning.model.errors import AikomError
from provisioning.registry.folder import REQUIREMENTS, RIGHTS, agreement_files
from provisioning.registry.onboarding import OnboardingConfiguration, load_onboarding_configuration
from sidecar.doors.errors import OfficeClosed

_FILES: Final = (RIGHTS, REQUIREMENTS)


class Policies:
    """Rights, requirements and agreements of `realm-config/`; shared by all threads of this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._seen: tuple[tuple[str, int], ...] = ()
        self._current: OnboardingConfiguration | None = None

    def current(self) -> OnboardingConfiguration:
        """The configuration as the files have it now; raises OfficeClosed when they cannot be used."""
        try:
            with self._lock:
                state = self._state()
                if self._current is None or state != self._seen:
                    self._current, self._seen = load_onboarding_configuration(self._folder), state
                return self._current
        except (AikomError, OSError) as error:
            raise OfficeClosed("the configuration cannot be used", remedy="run `provision validate`") from error

    def _state(self) -> tuple[tuple[str, int], ...]:
        files = [self._folder / name for name in (*_FILES, *agreement_files(self._folder))]
        return tuple((str(path), path.stat().st_mtime_ns) for path in files)
