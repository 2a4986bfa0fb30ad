"""What all browser tests share: each file checks the pages that the table says it does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.pages import PAGES, seen


@pytest.fixture(scope="module", autouse=True)
def pages_of_this_file(request: pytest.FixtureRequest) -> Iterator[None]:
    """After the last test of a file that ran as a whole: `PAGES` says what it checked, no more and no less."""
    yield
    options, file = request.config.option, request.node.nodeid
    is_whole = not options.keyword and not any("::" in argument for argument in request.config.args)
    if is_whole and not request.session.testsfailed:
        assert seen[file] == PAGES.get(file, frozenset())
