"""Rights, technical requirements and agreements of `realm-config/`, read again when a file of them has changed."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Final

from provisioning.model.errors import AikomError
from provisioning.registry.onboarding import OnboardingConfiguration, load_onboarding_configuration
from sidecar.doors.errors import OfficeClosed
from sidecar.doors.parts import Part
from sidecar.doors.stamps import Stamp, stamp

_FILES: Final = ("rights.yaml", "requirements.yaml")


class OnboardingFiles:
    """The files of registration; shared by all threads of this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._seen: dict[Path, Stamp | None] = {}
        self._current: OnboardingConfiguration | None = None

    def current(self) -> OnboardingConfiguration:
        """Return the configuration as the files have it now. Raises OfficeClosed when they cannot be used."""
        try:
            with self._lock:
                seen = self._look()
                if self._current is None or seen != self._seen:
                    self._current, self._seen = load_onboarding_configuration(self._folder), seen
                return self._current
        except (AikomError, OSError) as error:
            raise OfficeClosed("the configuration cannot be used", remedy="run `provision validate`") from error

    def _look(self) -> dict[Path, Stamp | None]:
        files = [self._folder / name for name in _FILES] + sorted((self._folder / "agreement").glob("*.y*ml"))
        return {file: stamp(file) for file in files}


onboarding: Final = Part[OnboardingFiles]("onboarding")
