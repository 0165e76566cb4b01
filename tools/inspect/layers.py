"""import-linter keeps the contracts of .importlinter; what breaks one is shown as it says it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

LINT = "from importlinter.cli import lint_imports_command as c; c(prog_name='lint-imports')"


def check(root: Path) -> list[str]:
    if not (root / ".importlinter").is_file():
        return ["there is no .importlinter; run python -m tools.inspect.walls --write"]
    ended = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src"), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    if ended.returncode == 0:
        return []
    return _reasons(ended.stdout) or _last_words(ended.stdout + ended.stderr)


def _reasons(output: str) -> list[str]:
    """The lines below “Broken contracts” that name an import or a contract."""
    _, _, told = output.partition("Broken contracts")
    lines = [line.strip() for line in told.splitlines()]
    return [re.sub(r"^-\s+", "", line) for line in lines if line and not set(line) <= set("-=")]


def _last_words(output: str) -> list[str]:
    """Why it could not even begin, without its banner."""
    told = [line for line in output.splitlines() if re.search(r"[a-z]{4}", line)]
    return told[-1:] or ["import-linter failed and said nothing"]
