"""Clients at several addresses of this computer: Linux takes every one of 127.0.0.0/8 for its own."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter

_PER_NUMBER: Final = 250
_numbers: Final = count(1)


def address_of(network: int, number: int) -> str:
    """An address of one of 250 networks; `number` begins at 0."""
    return f"127.{network}.{number // _PER_NUMBER}.{number % _PER_NUMBER + 1}"


def new_address() -> str:
    """An address that nobody in this process has used yet."""
    return address_of(100, next(_numbers))


class _From(HTTPAdapter):
    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *sizes: Any, **more: Any) -> None:
        super().init_poolmanager(*sizes, **more, source_address=(self._address, 0))


def session_from(address: str) -> requests.Session:
    """A session whose connections come from an address."""
    session = requests.Session()
    session.mount("http://", _From(address))
    return session
