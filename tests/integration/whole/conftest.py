"""A realm with an office."""

from __future__ import annotations

from tests.support.office import office

__all__ = ["office"]
