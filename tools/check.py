"""Everything that can be said about the code without running the city; all of it, then a verdict.

python -m tools.check [name …]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(sys.executable).parent
Step = Callable[[Path], list[list[str]]]


def lint(scratch: Path) -> list[list[str]]:
    return [
        [str(HERE / "ruff"), "check", "."],
        [str(HERE / "ruff"), "format", "--check", "--quiet", "."],
    ]


def types(scratch: Path) -> list[list[str]]:
    return [[sys.executable, "-m", "mypy", "--no-error-summary"]]


def walls(scratch: Path) -> list[list[str]]:
    """Import contracts, and the checks beside them."""
    return [
        [str(HERE / "lint-imports"), "--no-logo", "--no-cache"],
        [sys.executable, "-m", "tools.inspect"],
    ]


def migrations(scratch: Path) -> list[list[str]]:
    order = ["-m", "django", "makemigrations", "--check", "--dry-run", "--skip-checks"]
    return [[sys.executable, *order]]


def packages(scratch: Path) -> list[list[str]]:
    """The city imports what run.in asks for and nothing else. deptry would rather read [project],
    which takes its list from run.in; so it is given its own table alone.
    """
    settings = scratch / "deptry.toml"
    table = (ROOT / "pyproject.toml").read_text().partition("[tool.deptry")[2].partition("\n\n")[0]
    settings.write_text(f"[tool.deptry{table}\n")
    listed = ["--requirements-files", "requirements/run.in"]
    return [[str(HERE / "deptry"), "src", "--config", str(settings), *listed]]


def pins(scratch: Path) -> list[list[str]]:
    """Every package asked for is pinned."""
    return [[sys.executable, "-m", "tools.pins", "--check"]]


STEPS: dict[str, Step] = {
    "lint": lint,
    "types": types,
    "walls": walls,
    "migrations": migrations,
    "packages": packages,
    "pins": pins,
}


def run_step(name: str, step: Step, scratch: Path) -> bool:
    print(f"── {name} ──", flush=True)
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        "PENGCHENG_HOME": str(scratch / "home"),
        "DJANGO_SETTINGS_MODULE": "pengcheng.shell.settings",
    }
    commands = step(scratch)
    return all([not subprocess.run(c, cwd=ROOT, env=environment).returncode for c in commands])


def main(names: list[str]) -> int:
    chosen = {name: STEPS[name] for name in names or STEPS}
    results: dict[str, tuple[bool, float]] = {}
    with tempfile.TemporaryDirectory(prefix="pengcheng-check-") as scratch:
        for name, step in chosen.items():
            started = time.monotonic()
            results[name] = (run_step(name, step, Path(scratch)), time.monotonic() - started)
    print()
    for name, (clean, seconds) in results.items():
        print(f"{name:<12}{'clean' if clean else 'NOT CLEAN':<12}{seconds:6.1f} s")
    return int(not all(clean for clean, _ in results.values()))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
