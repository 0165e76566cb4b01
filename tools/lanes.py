"""Run all tests, lane by lane, and say at the end what ran, what did not, and why.

    python -m tools.lanes [lane …] [-- arguments for pytest]

A lane that cannot run is a line in the summary; with CI=true it is also a failure. What failed
among real processes and browsers is asked once more when the machine is quiet (docs/adr/0041).
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support import postgres
from tools import chromium
from tools.terminal import interruptible, run

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "build" / "test"
NO_TESTS = 5  # pytest's exit code when nothing was collected


class CannotRun(Exception):
    """Why a lane has no ground to run on."""


@contextmanager
def postgres_server() -> Iterator[dict[str, str]]:
    try:
        with postgres.running() as server:
            yield {"PENGCHENG_DATABASE_URL": server.url()}
    except postgres.NoServer as reason:
        raise CannotRun(str(reason)) from reason


@contextmanager
def browser() -> Iterator[dict[str, str]]:
    try:
        yield {"PENGCHENG_CHROMIUM": chromium.find_or_install()}
    except chromium.NoBrowser as reason:
        raise CannotRun(str(reason)) from reason


def nothing() -> AbstractContextManager[dict[str, str]]:
    return nullcontext({})


@dataclass(frozen=True)
class Lane:
    name: str
    marks: str
    workers: int = 1  # when other lanes go beside it
    ground: Callable[[], AbstractContextManager[dict[str, str]]] = nothing
    patience: int = 5  # as `nice` counts it
    word: str = ""  # its tests are in files that say this: others need not be read at all

    def files(self) -> list[str]:
        if not self.word:
            return []
        found = sorted((ROOT / "tests").rglob("test_*.py"))
        return [str(path) for path in found if self.word in path.read_text("utf-8")]


@dataclass(frozen=True)
class Result:
    lane: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    not_run: str = ""
    unsteady: tuple[str, ...] = ()
    """What failed beside other lanes and passed alone."""


# All side by side: one alone keeps a core waiting half of the time, and each more worker reads all
# tests in once more. In the browser's every step waits for the one before, in another process: it
# would be the last by far if it had to queue each time. The fast one is one long queue itself.
LANES = (
    Lane("fast", "not browser and not postgres and not crash", patience=2),
    Lane("browser", "browser and not crash", ground=browser, patience=0, word="mark.browser"),
    # Much of it is waiting for processes to start and end.
    Lane("crash", "crash", workers=2, word="mark.crash"),
    Lane("postgres", "not browser and not crash", ground=postgres_server),
)
CORES = 2
MOST_UNSTEADY = 3  # more that fail at once are no accident
AGAIN = ["--last-failed", "--last-failed-no-failures=none"]
_said = threading.Lock()


def pytest_command(lane: Lane, extra: list[str], workers: int) -> list[str]:
    side_by_side = ["-n", str(workers), "--dist", "loadscope"] if workers > 1 else []
    return [
        *("nice", "-n", str(lane.patience)),
        *(sys.executable, "-m", "pytest", "-m", lane.marks, *side_by_side),
        *("--quiet", "--no-header", "--durations=15"),
        f"--junit-xml={REPORTS / lane.name}.xml",
        *("-o", f"cache_dir={REPORTS / lane.name}.cache"),
        *lane.files(),
        *extra,
    ]


def run_lane(lane: Lane, extra: list[str], *, alone: bool) -> Result:
    """A lane by itself says what it does as it goes, and has all cores."""
    report = REPORTS / f"{lane.name}.xml"
    report.unlink(missing_ok=True)
    started = time.monotonic()
    command = pytest_command(lane, extra, max(lane.workers, CORES if alone else 1))
    try:
        with lane.ground() as settings, told_at_the_end(lane, alone=alone) as output:
            shared = {"PENGCHENG_DATABASE_URL": "", "PENGCHENG_TEST_RUN": str(REPORTS / "shared")}
            environment = {**os.environ, **shared, **settings}
            code = run(command, cwd=ROOT, env=environment, output=output)
    except CannotRun as reason:
        return Result(lane.name, not_run=str(reason))
    seconds = time.monotonic() - started
    if code == NO_TESTS:
        return Result(lane.name, not_run="no test carries its mark")
    return read_report(lane.name, report, code, seconds)


@contextmanager
def told_at_the_end(lane: Lane, *, alone: bool) -> Iterator[IO[bytes] | None]:
    """Where a lane's words go: two that speak at once could not be read."""
    if alone:
        print(f"\n── {lane.name} ──", flush=True)
        yield None
        return
    print(f"── {lane.name} begins ──", flush=True)
    path = REPORTS / f"{lane.name}.log"
    try:
        with path.open("wb") as output:
            yield output
    finally:
        with _said:
            print(f"\n── {lane.name} ──\n{path.read_text('utf-8', 'replace')}", flush=True)


def run_lanes(lanes: list[Lane], extra: list[str]) -> list[Result]:
    if len(lanes) == 1:
        return [run_lane(lanes[0], extra, alone=True)]
    with ThreadPoolExecutor(len(lanes)) as pool, interruptible():
        asked = [pool.submit(run_lane, lane, extra, alone=False) for lane in lanes]
        try:
            results = [future.result() for future in asked]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [asked_again(*both, extra) for both in zip(lanes, results, strict=True)]


def asked_again(lane: Lane, result: Result, extra: list[str]) -> Result:
    """The lane's result after what failed in it has been asked once more, alone."""
    failed = failures(REPORTS / f"{lane.name}.xml")
    if not 0 < result.failed == len(failed) <= MOST_UNSTEADY:
        return result
    print(f"\n{lane.name}: {len(failed)} failed beside other lanes, asked again", flush=True)
    second = run_lane(lane, [*AGAIN, *extra], alone=True)
    if second.failed or second.not_run or second.passed != len(failed):
        return result
    seconds = result.seconds + second.seconds
    passed = result.passed + second.passed
    return Result(lane.name, passed, 0, result.skipped, seconds, unsteady=failed)


def failures(report: Path) -> tuple[str, ...]:
    """The tests that failed, by name."""
    if not report.exists():
        return ()
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314  # our own file
    return tuple(
        f"{case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    )


def read_report(lane: str, report: Path, code: int, seconds: float) -> Result:
    if not report.exists():
        return Result(lane, failed=1, seconds=seconds, not_run=f"pytest ended with {code}")
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314  # our own file
    if suite is None:
        return Result(lane, failed=1, seconds=seconds, not_run="its report is empty")
    total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    passed = max(total - failed - skipped, 0)
    # pytest may fail without a failed test, e.g. when a worker died.
    return Result(lane, passed, max(failed, int(code not in (0, 1))), skipped, seconds)


def summary(results: list[Result]) -> str:
    lines = ["", f"{'lane':<10}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}"]
    for result in results:
        counts = f"{result.passed:>8}{result.failed:>8}{result.skipped:>9}{result.seconds:>9.1f}"
        note = f"  did not run: {result.not_run}" if result.not_run else ""
        lines.append(f"{result.lane:<10}{counts}{note}")
    lines += [f"unsteady: {name}" for result in results for name in result.unsteady]
    passed, failed = sum(r.passed for r in results), sum(r.failed for r in results)
    lines.append(f"{passed} passed, {failed} failed, {sum(r.skipped for r in results)} skipped")
    return "\n".join(lines)


@contextmanager
def shared_folder() -> Iterator[None]:
    """What one lane has made at some cost, the others need not (tests/support/once.py)."""
    folder = REPORTS / "shared"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    yield
    shutil.rmtree(folder, ignore_errors=True)


def chosen(names: list[str]) -> list[Lane]:
    unknown = set(names) - {lane.name for lane in LANES}
    if unknown:
        raise SystemExit(
            f"pengcheng: no lane {', '.join(sorted(unknown))}; there are "
            + ", ".join(lane.name for lane in LANES)
        )
    return [lane for lane in LANES if not names or lane.name in names]


def main(arguments: list[str]) -> int:
    split = arguments.index("--") if "--" in arguments else len(arguments)
    REPORTS.mkdir(parents=True, exist_ok=True)
    with shared_folder():
        results = run_lanes(chosen(arguments[:split]), arguments[split + 1 :])
    print(summary(results), flush=True)
    strict = os.environ.get("CI") == "true"
    missing = strict and any(result.not_run for result in results)
    return int(missing or any(result.failed for result in results))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
