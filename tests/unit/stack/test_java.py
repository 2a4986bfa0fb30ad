"""Which Java is good enough, read from the words of `java -version`."""

from __future__ import annotations

import pytest

from provisioning.stack.java import parse_java_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('openjdk version "21-ea" 2023-09-19', 21),
        ('java version "1.8.0_391"', 8),
        ("Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version \"21.0.2\" 2024-01-16", 21),
        ("command not found", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_major_version_is_found(text: str, version: int | None) -> None:
    assert parse_java_version(text) == version
