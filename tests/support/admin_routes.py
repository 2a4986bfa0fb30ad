"""Every route of Keycloak's Admin REST API of one realm, and of our extension, read from where they are declared.

Keycloak's are read from the classes of the server that runs (`javap`), ours from the extension's sources.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from provisioning.stack.distribution import KEYCLOAK_VERSION
from provisioning.stack.paths import cache_folder
from tests.support.keycloak_server import PROJECT

_ROOT: Final = "org.keycloak.services.resources.admin.RealmAdminResource"
_PACKAGE: Final = "org/keycloak/services/resources/admin/"
_VERBS: Final = ("GET", "POST", "PUT", "DELETE", "PATCH")
_CLASS: Final = re.compile(
    r"^(?:public |abstract |final )*(?:class|interface) ([\w.$]+)(?:<[^{]*?>)?(?: extends ([\w.$]+))?", re.M
)
_METHOD: Final = re.compile(r"^  (?:[a-z]+ )*([\w.$<>, ?\[\]]+) (\w+)\(.*\)(?: throws .*)?;$")
_DEPTH: Final = 6


@dataclass
class _Method:
    returns: str
    path: str | None = None
    verbs: list[str] = field(default_factory=list)


@dataclass
class _Class:
    parent: str | None
    methods: list[_Method] = field(default_factory=list)


def admin_routes() -> Iterator[tuple[str, str]]:
    """Yield verb and path below the realm, with its parameters in braces."""
    yield from sorted(set(_routes(_read(), _ROOT, "", ())))


def own_routes() -> Iterator[tuple[str, str]]:
    """Yield verb and path of what our extension hangs under a realm or its Admin REST, by resource class."""
    for file in sorted((PROJECT / "keycloak-extension" / "src").rglob("*Resource.java")):
        for block in re.findall(r"((?:    @.*\n)+)    public Response", file.read_text(encoding="utf-8")):
            verb = re.search(r"@(GET|POST|PUT|DELETE)\b", block)
            path = re.search(r'@Path\("([^"]+)"\)', block)
            if verb is not None:
                yield verb[1], f"{file.stem}/{path[1] if path else ''}".rstrip("/")


def filled(path: str, values: Mapping[str, str]) -> str:
    """The path with real names: a parameter takes the value of the word before it, others are `x`."""
    parts, made = path.strip("/").split("/"), list[str]()
    for part in parts:
        before = made[-1] if made else ""
        made.append(re.sub(r"\{[^}]*\}", values.get(before, "x"), part))
    return "/" + "/".join(made)


def _routes(known: Mapping[str, _Class], name: str, base: str, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    found, inherited = known.get(name), name
    while found is not None:
        for method in found.methods:
            path = base if method.path is None else f"{base}/{method.path.strip('/')}".rstrip("/")
            yield from ((verb, path) for verb in method.verbs)
            if method.path is not None and not method.verbs and method.returns not in above and len(above) < _DEPTH:
                yield from _routes(known, method.returns, path, (*above, name))
        inherited = found.parent or ""
        found = known.get(inherited)


@cache
def _read() -> Mapping[str, _Class]:
    javap = shutil.which("javap")
    assert javap is not None, "the JDK that builds the extension has javap"
    folder = cache_folder() / f"keycloak-{KEYCLOAK_VERSION}" / "lib" / "lib" / "main"
    (jar,) = folder.glob("org.keycloak.keycloak-services-*.jar")
    with TemporaryDirectory() as place, zipfile.ZipFile(jar) as archive:
        names = [name for name in archive.namelist() if name.startswith(_PACKAGE) and name.endswith(".class")]
        archive.extractall(place, names)
        files = [str(Path(place) / name) for name in names]
        text = subprocess.run(
            [javap, "-v", "-p", *files], capture_output=True, text=True, check=True, timeout=300
        ).stdout
    return dict(_parsed(part) for part in text.split("\nClassfile ") if _CLASS.search(part))


def _parsed(text: str) -> tuple[str, _Class]:
    head = _CLASS.search(text)
    assert head is not None
    made = _Class(head[2])
    lines = iter(text.splitlines())
    for line in lines:
        declared = _METHOD.match(line)
        if declared is not None:
            made.methods.append(_Method(declared[1].split("<", maxsplit=1)[0].rsplit(" ", maxsplit=1)[-1]))
        stripped = line.strip()
        if not made.methods or not line.startswith("        "):
            continue
        if stripped.startswith("jakarta.ws.rs.Path("):
            made.methods[-1].path = re.split('"', next(lines))[1]
        elif stripped.removeprefix("jakarta.ws.rs.") in _VERBS and stripped.startswith("jakarta.ws.rs."):
            made.methods[-1].verbs.append(stripped.removeprefix("jakarta.ws.rs."))
    return head[1], made
