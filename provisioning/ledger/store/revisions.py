"""Where the migration scripts are, and the newest revision among them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SCRIPTS: Final = Path(__file__).parents[1] / "migrations"
"""Folder that Alembic reads: `env.py` and `versions/`."""

NEWEST: Final = max(file.stem[1:5] for file in (SCRIPTS / "versions").glob("v*.py"))
"""Revision of this version's tables: files are named after their revisions, each of which follows the one before."""
