"""How the checks read the tree: domains with their manifests, syntax trees, imports and calls."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

PREFIX = "pengcheng.domains."


@dataclass(frozen=True)
class Domain:
    """A folder of ``domains/`` and what its manifest says."""

    id: str
    folder: Path
    manifest: dict[str, Any]

    def room(self, name: str) -> list[Path]:
        """The files of a room, be it a module or a folder."""
        module, package = self.folder / f"{name}.py", self.folder / name
        return [module] if module.exists() else sorted(package.rglob("*.py"))

    def modules(self) -> list[Path]:
        """All Python files but migrations."""
        return [path for path in sorted(self.folder.rglob("*.py")) if not is_migration(path)]


def source(root: Path) -> Path:
    """The package's folder."""
    return root / "src" / "pengcheng"


def domains(root: Path) -> list[Domain]:
    """Every domain that has a manifest."""
    paths = sorted((source(root) / "domains").glob("*/manifest.toml"))
    return [
        Domain(path.parent.name, path.parent, tomllib.loads(path.read_text("utf-8")))
        for path in paths
    ]


def python_files(folder: Path) -> list[Path]:
    """All Python files below the folder but migrations."""
    return [path for path in sorted(folder.rglob("*.py")) if not is_migration(path)]


def is_migration(path: Path) -> bool:
    """Whether Django wrote it to change a database."""
    return "migrations" in path.parts


def tree(path: Path) -> ast.Module:
    """The file's syntax tree, read once."""
    return _parse(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2048)
def _parse(path: Path, changed: int) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@lru_cache(maxsize=2048)
def _nodes(path: Path, changed: int) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_parse(path, changed)))


def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of the file's syntax tree."""
    return _nodes(path, path.stat().st_mtime_ns)


def imports(path: Path) -> tuple[tuple[int, str, str], ...]:
    """(line, full dotted name, name used here) of every import in the file."""
    return _imports(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2048)
def _imports(path: Path, changed: int) -> tuple[tuple[int, str, str], ...]:
    found = []
    for node in _nodes(path, changed):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name, name.asname or name.name) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [
                (node.lineno, f"{node.module}.{name.name}", name.asname or name.name)
                for name in node.names
            ]
    return tuple(found)


def dotted(node: ast.AST) -> str:
    """``a.b.c`` of a name or attribute, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else node.attr
    return ""


def meaning(path: Path, name: str) -> str:
    """The full dotted name behind a name used in the file, as its imports tell."""
    first, _, rest = name.partition(".")
    for _line, full, alias in imports(path):
        if alias == first:
            return f"{full}.{rest}" if rest else full
    return name


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call in the file with the dotted name that is called."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every plain text in the code, docstrings left out."""
    documents = set()
    for node in nodes(path):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            documents.add(id(node.value))
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documents
        ):
            yield node.lineno, node.value


def text_argument(call: ast.Call, place: int, keyword: str = "") -> str:
    """A literal text given to a call by place or keyword, else an empty text."""
    given: list[ast.expr] = [word.value for word in call.keywords if word.arg == keyword]
    if len(call.args) > place:
        given.append(call.args[place])
    for node in given:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
    return ""


def where(root: Path, path: Path, line: int = 0) -> str:
    """``path:line`` as an editor understands it."""
    name = str(path.relative_to(root))
    return f"{name}:{line}" if line else name
