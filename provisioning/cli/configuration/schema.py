"""`provision schema`: JSON Schema of the configuration files, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from provisioning.registry.schema.json_schema import NAMES, schema_text
from provisioning.settings import load_settings

FOLDER: Final = "schema"


def schema_file(folder: Path, name: str) -> Path:
    """Return the place of a file's schema in a configuration folder."""
    return folder / FOLDER / f"{name}.schema.json"


@click.command()
@click.argument("name", required=False, type=click.Choice(NAMES))
@click.option("--write", is_flag=True, help="Store the schemas in the configuration folder instead of printing them.")
def schema(name: str | None, write: bool) -> None:
    """Print the JSON Schema of NAME, or of all files; editors use it to complete and underline."""
    names = NAMES if name is None else (name,)
    if not write:
        for each in names:
            click.echo(schema_text(each), nl=False)
        return
    folder = load_settings().config_dir
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for each in names:
        path = schema_file(folder, each)
        path.write_text(schema_text(each), encoding="utf-8")
        click.echo(f"written: {path}")
