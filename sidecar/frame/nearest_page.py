"""The page that a form belongs to: the nearest address upwards from the form's that can be opened."""

from __future__ import annotations

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect


def nearest_page() -> str:
    """Return the request's path, or the nearest one above it, that answers GET; at the latest the home page.

    A form's address often takes POST only, such as `/desk/ois/diary/decide/suspend`; its page is `/desk/ois/diary`.
    """
    path = request.path
    while path not in ("", "/") and not _opens(path):
        path = path.rpartition("/")[0]
    return path or "/"


def _opens(path: str) -> bool:
    try:
        current_app.url_map.bind("localhost").match(path, "GET")
    except RequestRedirect:  # The same page with a slash at its end.
        return True
    except HTTPException:
        return False
    return True
