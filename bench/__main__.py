"""One table of all measurements: `python -m bench [--quick] [--json FILE] [word …]`.

Each `bench_*.py` beside this file has a function `bench(reporter)`; words choose among them.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from bench import city, report

Bench = Callable[[report.Reporter], None]


def benches(words: list[str]) -> dict[str, Bench]:
    """Those that have the door, in order of their names."""
    found: dict[str, Bench] = {}
    for info in iter_modules([str(Path(__file__).parent)]):
        if not info.name.startswith("bench_"):
            continue
        name = info.name.removeprefix("bench_")
        if words and not any(word in name for word in words):
            continue
        module = import_module(f"bench.{info.name}")
        if hasattr(module, "bench"):
            found[name] = module.bench
    return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("words", nargs="*", help="only benches with one of these in the name")
    parser.add_argument("--quick", action="store_true", help="a tenth of the samples")
    parser.add_argument("--json", type=Path, default=city.HOME.parent / "figures.json")
    parser.add_argument("--home", type=Path, default=city.HOME, help="a home with the demo")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    print(f"preparing the demo city in {asked.home} …", flush=True)
    city.prepare(asked.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pengcheng.shell.settings")
    import django

    django.setup()
    with city.running() as address:
        print(f"{report.machine()}\n{report.heading()}", flush=True)
        reporter = report.Reporter(asked.home, address, quick=asked.quick)
        for name, bench in benches(asked.words).items():
            try:
                bench(reporter)
            except Exception as error:  # noqa: BLE001, RUF100  # the others are still worth it
                reporter.failed(name, error)
    report.write_json(reporter.rows, asked.json)


if __name__ == "__main__":
    main()
