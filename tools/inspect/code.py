"""How the checks read the tree: domains with their manifests, syntax trees, imports and calls."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, TypeVar

PREFIX = "pengcheng.domains."
T = TypeVar("T")


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


def read_once(read: Callable[[Path], T]) -> Callable[[Path], T]:
    """Keeps what was read from a file until the file changes: every check asks the same."""

    @lru_cache(maxsize=4096)
    def kept(path: Path, changed: int, size: int) -> T:
        return read(path)

    @wraps(read)
    def ask(path: Path) -> T:
        stood = path.stat()
        return kept(path, stood.st_mtime_ns, stood.st_size)

    return ask


@read_once
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


@read_once
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of the file's syntax tree."""
    return tuple(ast.walk(tree(path)))


@read_once
def imports(path: Path) -> tuple[tuple[int, str, str], ...]:
    """(line, full dotted name, name used here) of every import in the file."""
    found = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name, name.asname or name.name) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [
                (node.lineno, f"{node.module}.{name.name}", name.asname or name.name)
                for name in node.names
            ]
    return tuple(found)


@read_once
def _aliases(path: Path) -> dict[str, str]:
    """The full name behind each name that the file imports; the first import counts."""
    return {alias: full for _line, full, alias in reversed(imports(path))}


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
    full = _aliases(path).get(first)
    if full is None:
        return name
    return f"{full}.{rest}" if rest else full


@read_once
def calls(path: Path) -> tuple[tuple[ast.Call, str], ...]:
    """Every call in the file with the dotted name that is called."""
    return tuple((node, dotted(node.func)) for node in nodes(path) if isinstance(node, ast.Call))


@read_once
def strings(path: Path) -> tuple[tuple[int, str], ...]:
    """Every plain text in the code, docstrings left out."""
    documents, found = set(), []
    for node in nodes(path):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            documents.add(id(node.value))
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documents
        ):
            found.append((node.lineno, node.value))
    return tuple(found)


@read_once
def mentioned(path: Path) -> frozenset[str]:
    """The last part of every name and attribute that the file's code says."""
    told = (dotted(node) for node in nodes(path) if isinstance(node, (ast.Name, ast.Attribute)))
    return frozenset(name.rsplit(".", 1)[-1] for name in told)


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
