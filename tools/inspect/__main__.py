"""Run all checks: ``python -m tools.inspect [name …]``; prints findings, exit code 1 if any."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def checks() -> Iterator[tuple[str, ModuleType]]:
    """Every module of this package that has a ``check``."""
    for info in iter_modules([str(Path(__file__).parent)]):
        if info.name.startswith("_"):
            continue
        module = import_module(f"tools.inspect.{info.name}")
        if hasattr(module, "check"):
            yield info.name, module


def main(wanted: list[str], root: Path = ROOT) -> int:
    """Run the checks named, or all of them."""
    known = dict(checks())
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        print(f"no such check: {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    found = 0
    for name in wanted or known:
        for line in known[name].check(root):
            print(f"{name}: {line}")
            found += 1
    print(f"{len(wanted or known)} checks, {found} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
