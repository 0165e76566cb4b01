"""Run the published suites of the standards that we speak, where their files are at hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    environment = {**os.environ, "PYTHONPATH": path}
    failed = []
    for suite in sorted((ROOT / "bench").glob("conformance_*.py")):
        print(f"── {suite.stem.removeprefix('conformance_')} ──", flush=True)
        if subprocess.run([sys.executable, str(suite)], cwd=ROOT, env=environment).returncode:
            failed.append(suite.stem)
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
