"""Make run.txt and test.txt from the .in files: exact, hashed, without registry addresses."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "requirements"
HEADER = "# Made by `make pins` from {name}.in; do not edit. Every file is checked by its hash.\n"
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--quiet",
)


def compile_pins(name: str, *, constraint: str | None = None, upgrade: bool = False) -> None:
    """Write one pin file; ``constraint`` keeps the test pins equal to what runs in a city."""
    target = FOLDER / f"{name}.txt"
    command = [sys.executable, "-m", "uv", "pip", "compile", f"{name}.in", *OPTIONS]
    command += ["--output-file", target.name]
    command += ["--constraint", f"{constraint}.txt"] if constraint else []
    command += ["--upgrade"] if upgrade else []
    subprocess.run(command, check=True, cwd=FOLDER)
    target.write_text(HEADER.format(name=name) + target.read_text())


def unpinned(name: str) -> list[str]:
    """What an .in file asks for and its pins do not have."""
    asked = (line.split("#")[0].strip() for line in (FOLDER / f"{name}.in").read_text().split("\n"))
    names = [re.split(r"[\[<>=!~; ]", line)[0] for line in asked if line and line[0] != "-"]
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", (FOLDER / f"{name}.txt").read_text(), re.M))
    return [asked for asked in names if re.sub(r"[-_.]+", "-", asked).lower() not in pinned]


def check() -> int:
    """Say what is not pinned; needs no network."""
    missing = [f"{name}.txt lacks {asked}" for name in ("run", "test") for asked in unpinned(name)]
    for line in missing:
        print(f"pins: {line}; run: make pins")
    return int(bool(missing))


def main() -> None:
    if "--check" in sys.argv:
        raise SystemExit(check())
    upgrade = "--upgrade" in sys.argv
    compile_pins("run", upgrade=upgrade)
    compile_pins("test", constraint="run", upgrade=upgrade)


if __name__ == "__main__":
    main()
