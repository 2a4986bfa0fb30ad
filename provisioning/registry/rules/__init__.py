"""Rules beyond the shape of one value: each a small function from what was read to the problems it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from ..problems import Problem
from .scene import Scene

Rule = Callable[[Scene], Iterator[Problem]]

RULES: Final[tuple[Rule, ...]] = ()
