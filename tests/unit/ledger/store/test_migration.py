"""The quick look at the tables' version says what the migrations say."""

from __future__ import annotations

from alembic.config import Config
from alembic.script import ScriptDirectory

from provisioning.ledger.store.revisions import NEWEST, SCRIPTS


def test_the_newest_file_is_the_one_head_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]
