"""What a text cites: files, rows of docs/security.md, goals of docs/performance.md, clauses of the order, decisions.

`dead` names each citation that leads nowhere. Of a program only comments and docstrings are read for paths, so that
names of files that a test writes are none; rows, goals, clauses and decisions are read in the whole text.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Final

from tests.support.documents import ROOT, table_rows

FOLDERS: Final = (
    *("bench", "deploy", "docs", "examples", "keycloak-extension", "provisioning", "realm-config", "scripts"),
    *("sidecar", "tests"),
)
ENDINGS: Final = frozenset(
    {
        ".css",
        ".ftl",
        ".html",
        ".java",
        ".js",
        ".md",
        ".properties",
        ".py",
        ".sh",
        ".sql",
        ".toml",
        ".xml",
        ".yaml",
        ".yml",
    }
)
"""Endings of files that are read."""

MADE: Final = ("target", "__pycache__", "node_modules")
"""Folders that tools make."""

STANDARDS: Final = frozenset({"ASVS", "EN", "HTTP", "ISO", "PEP", "RFC", "SP", "SQLSTATE", "TLS", "WCAG", "YAML"})
"""Words before a number that is not of this project."""

_NUMBERS: Final = r"\d+(?:(?:-| to |, | and )\d+)*"
_GOAL_NUMBERS: Final = r"P\d(?:(?:, | and )P\d)*"
_ROWS: Final = re.compile(
    rf"security\.md`?[,:(\s]+(?:rows?|lines?)\s+({_NUMBERS})|\b[Rr]ows?\s+({_NUMBERS})\s+of\s+`?(?:docs/)?security\.md"
)
_CLAUSES: Final = re.compile(rf"\b(?:cl\.|[Cc]lauses?)\s*({_NUMBERS})")
_GOALS: Final = re.compile(
    rf"(?:performance\.md`?|\b[Gg]oals?)[,:(\s]+({_GOAL_NUMBERS})|\b({_GOAL_NUMBERS})\s+of\s+`?(?:docs/)?performance\.md"
)
_DECISIONS: Final = re.compile(rf"\b[Dd]ecisions?\s+({_NUMBERS})|\bdecisions/(\d{{4}})\b")
_PATH: Final = re.compile(
    r"(?<![\w/.}>:~$-])(?:\.\./)*[\w*.-]+(?:/[\w*.-]+)+\.(?:py|md|java|sql|sh|toml|html|css|ftl|yaml|yml|po|js|properties|xml)\b"
)
_FOLDER: Final = re.compile(rf"(?<![\w/.}}>:-])(?:{'|'.join(FOLDERS)})(?:/[\w-]+)+/?(?![\w*./<{{-])")
_DOCUMENT: Final = re.compile(r"(?<![\w/.*}>-])[A-Z][A-Z_-]+(?:\.md|(?: lines?| rows?)? [PR]?\d+)")
_LINK: Final = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#\s]+)")
_MODULE: Final = re.compile(r"python3? -m ((?:bench|examples|provisioning|sidecar|tests)(?:\.\w+)*)")
_DOTTED: Final = re.compile(r"`((?:bench|examples|provisioning|sidecar|tests)(?:\.\w+)+)(?:\(\))?`")
_TEST: Final = re.compile(r"(?:([\w/]+\.py)`?)?::(test_\w+)")


def sources() -> list[Path]:
    """Every file of the project whose citations are followed."""
    inside = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")))
    beside = sorted(path for path in ROOT.iterdir() if path.is_file())
    return [path for path in (*beside, *inside) if path.suffix in ENDINGS and not set(MADE) & {*path.parts}]


def dead(path: Path, text: str) -> list[str]:
    """Citations in the text of this file that lead nowhere."""
    prose = _prose(path, text)
    named = [*_PATH.findall(prose), *_FOLDER.findall(prose), *_MODULE.findall(prose)]
    found = [name for name in named if not _exists(name, path)]
    found += [name for name in _DOCUMENT.findall(prose) if not _is_known(name)]
    found += [name for name in _DOTTED.findall(prose) if not _is_in_a_module(name)]
    found += [f"::{test}" for file, test in _TEST.findall(prose) if test not in _tests(file)]
    found += [link for link in _links(path, prose) if not (path.parent / link).exists()]
    for kind, pattern, known in _lists():
        found += [
            f"{kind} {number}" for match in pattern.finditer(text) for number in _listed(match) if number not in known
        ]
    return found


def _lists() -> tuple[tuple[str, re.Pattern[str], frozenset[str]], ...]:
    return (
        ("row", _ROWS, _rows("docs/security.md")),
        ("cl.", _CLAUSES, _rows("docs/clauses.md")),
        ("goal", _GOALS, _goals()),
        ("decision", _DECISIONS, _decisions()),
    )


def _listed(match: re.Match[str]) -> Iterator[str]:
    """Every number of `2-4, 11 and 12`, in full; goals keep their letter."""
    for part in re.split(r", | and ", next(group for group in match.groups() if group)):
        first, _, last = part.replace(" to ", "-").partition("-")
        yield from [first] if first.startswith("P") else map(str, range(int(first), int(last or first) + 1))


@cache
def _rows(document: str) -> frozenset[str]:
    return frozenset(row[0] for row in table_rows(document))


@cache
def _goals() -> frozenset[str]:
    return frozenset(re.findall(r"\bP\d\b", (ROOT / "docs/performance.md").read_text(encoding="utf-8")))


@cache
def _decisions() -> frozenset[str]:
    return frozenset(str(int(path.name[:4])) for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))


def _is_known(document: str) -> bool:
    """Whether a name in capitals, `README.md` or `RFC 8725`, is a file beside the Makefile or a published standard."""
    return document.split(" ", maxsplit=1)[0] in STANDARDS or (ROOT / document).exists()


def _exists(name: str, citing: Path) -> bool:
    """Whether the project has the file, folder or module, named from its root, from the citing file, or by its end."""
    if re.fullmatch(r"\w+(?:\.\w+)*", name):
        name = name.replace(".", "/")
        return (ROOT / f"{name}.py").is_file() or (ROOT / name).is_dir()
    if name.split("/")[0].isupper() or "NNNN" in name or (ROOT / name).exists() or (citing.parent / name).exists():
        return True
    return any(fnmatch(path, f"*/{name}") for path in _paths())


def _is_in_a_module(name: str) -> bool:
    """Whether it is a module, or something in one: `sidecar.frame.forms.Form`."""
    module, _, inside = name.rpartition(".")
    if _exists(name, ROOT) or "." not in module:
        return _exists(name, ROOT)
    file = ROOT / f"{module.replace('.', '/')}.py"
    file = file if file.is_file() else file.with_suffix("") / "__init__.py"
    return file.is_file() and re.search(rf"\b{inside}\b", file.read_text(encoding="utf-8")) is not None


@cache
def _tests(file: str) -> frozenset[str]:
    """Names of the tests in files that end with this path; of all tests when none is given."""
    named = [path for path in sources() if path.suffix == ".py" and path.as_posix().endswith(file)]
    texts = (path.read_text(encoding="utf-8") for path in named)
    return frozenset(name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE))


@cache
def _paths() -> tuple[str, ...]:
    return tuple(path.as_posix() for path in sources())


def _links(path: Path, text: str) -> list[str]:
    return [link for link in _LINK.findall(text) if ":" not in link] if path.suffix == ".md" else []


def _prose(path: Path, text: str) -> str:
    """Comments and docstrings of a program; the whole text of a document."""
    if path.suffix == ".py":
        return "\n".join((*_docstrings(text), *_comments(text)))
    if path.suffix == ".java":
        return "\n".join(re.findall(r"/\*.*?\*/|//[^\n]*", text, re.DOTALL))
    return text if path.suffix == ".md" else "\n".join(re.findall(r"#[^\n]*|<!--.*?-->", text, re.DOTALL))


def _docstrings(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def _comments(text: str) -> Iterator[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return (token.string for token in tokens if token.type == tokenize.COMMENT)
