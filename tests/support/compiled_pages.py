"""Jinja's compiled templates, kept for all applications that a test process makes: compiled once, not for each."""

from __future__ import annotations

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


class CompiledPages(BytecodeCache):
    """In memory; Jinja itself compares the template's text with the one that was compiled."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the bucket what was compiled before, if it was."""
        if found := self._compiled.get(bucket.key):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled now."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


def keep_compiled_pages() -> None:
    """Have every application that is made from now on use one cache."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledPages()}
