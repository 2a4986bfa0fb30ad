"""The two duties of the watch that close what was widened, in this process."""

from __future__ import annotations

from provisioning.settings import Settings
from provisioning.watch.closing import Closing
from provisioning.watch.duty import DutyResult
from provisioning.watch.following import Following
from provisioning.watch.leadership import Leadership
from tests.support.office import Office


class Watch:
    """The duty that follows the folder, and the one that looks for what was widened."""

    def __init__(self, office: Office) -> None:
        settings = Settings({**office.realm.settings.values, "AIKOM_CONFIG": str(office.folder.path)})
        leadership = Leadership(settings, office.ledger)
        self.following = Following(leadership, office.realm.connection)
        self.following.look()
        self.closing = Closing(leadership, office.realm.connection.clone())

    def close(self) -> DutyResult:
        return self.closing.look()


def watch_at_rest(office: Office) -> Watch:
    """The duties after an apply; fails when something is wider than wanted already."""
    made = Watch(office)
    assert made.close() == DutyResult(), "nothing is wider than wanted"
    return made
