"""The summary of a test run tells the truth: what ran, what failed, what did not run and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tools import lanes

REPORT = """<?xml version="1.0"?><testsuites>
<testsuite tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"/>
</testsuites>"""


@pytest.fixture(autouse=True)
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(lanes, "REPORTS", tmp_path)
    return tmp_path


def outcome(monkeypatch: pytest.MonkeyPatch, folder: Path, code: int, **counts: int) -> None:
    """Let every lane end with these counts instead of running."""

    def run(command: list[str], **where: object) -> int:
        if counts:
            told = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0} | counts
            target = next(word for word in command if word.startswith("--junit-xml="))
            Path(target.split("=", 1)[1]).write_text(REPORT.format(**told))
        return code

    monkeypatch.setattr(lanes, "run", run)


def test_the_last_line_counts_all_lanes(
    monkeypatch: pytest.MonkeyPatch, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome(monkeypatch, reports, 0, tests=10, skipped=2)
    assert lanes.main(["fast", "crash"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "16 passed, 0 failed, 4 skipped"


def test_lanes_that_go_side_by_side_speak_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(command: list[str], output: IO[bytes], **where: object) -> int:
        lane = next(word for word in command if word.startswith("--junit-xml=")).split("/")[-1]
        for number in range(3):
            output.write(f"{lane} {number}\n".encode())
        (reports / lane).write_text(REPORT.format(tests=1, failures=0, errors=0, skipped=0))
        return 0

    monkeypatch.setattr(lanes, "run", run)
    assert lanes.main(["fast", "crash"]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if ".xml" in line]
    assert [line.split()[1] for line in said] == ["0", "1", "2"] * 2
    assert said[0].split()[0] == said[2].split()[0]


def test_a_failure_in_any_lane_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome(monkeypatch, reports, 1, tests=10, failures=1, errors=1)
    assert lanes.main(["fast"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "8 passed, 2 failed, 0 skipped"


@pytest.mark.parametrize("code", [2, 3, 4, -9])
def test_a_run_that_broke_off_is_a_failure_even_if_no_test_failed(
    monkeypatch: pytest.MonkeyPatch, reports: Path, code: int
) -> None:
    outcome(monkeypatch, reports, code, tests=3)
    assert lanes.main(["fast"]) == 1


def test_a_run_without_a_report_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, reports: Path
) -> None:
    outcome(monkeypatch, reports, -9)
    assert lanes.main(["fast"]) == 1


def test_an_old_report_is_not_taken_for_a_new_one(
    monkeypatch: pytest.MonkeyPatch, reports: Path
) -> None:
    (reports / "fast.xml").write_text(REPORT.format(tests=9, failures=0, errors=0, skipped=0))
    outcome(monkeypatch, reports, -9)
    assert lanes.main(["fast"]) == 1


FAILED = '<testcase classname="tests.a" name="test_{n}"><failure/></testcase>'


def in_turn(monkeypatch: pytest.MonkeyPatch, second: int, *, first: int = 1) -> list[list[str]]:
    """The browser lane fails so many tests at first, and so many when it is asked again."""
    asked: list[list[str]] = []

    def run(command: list[str], **where: object) -> int:
        target = next(word for word in command if word.startswith("--junit-xml="))
        again, lane = "--last-failed" in command, Path(target).stem
        failed = (second if again else first) if lane == "browser" else 0
        cases = "".join(FAILED.format(n=n) for n in range(failed))
        told = f'tests="{first if again else 5}" failures="{failed}" errors="0" skipped="0"'
        report = f"<testsuites><testsuite {told}>{cases}</testsuite></testsuites>"
        Path(target.split("=", 1)[1]).write_text(report)
        asked.append(command)
        return int(failed > 0)

    monkeypatch.setattr(lanes, "run", run)
    browser = lanes.Lane("browser", "browser")
    monkeypatch.setattr(lanes, "LANES", (lanes.Lane("fast", "not browser"), browser))
    return asked


def test_what_fails_beside_others_and_passes_alone_is_named_unsteady(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_turn(monkeypatch, 0)
    assert lanes.main([]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == ["unsteady: tests.a::test_0", "10 passed, 0 failed, 0 skipped"]


def test_what_fails_alone_too_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_turn(monkeypatch, 1)
    assert lanes.main([]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "9 passed, 1 failed, 0 skipped"


def test_many_failures_at_once_are_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = in_turn(monkeypatch, 0, first=4)
    assert lanes.main([]) == 1
    assert len(asked) == 2


def test_fast_tests_are_asked_once(monkeypatch: pytest.MonkeyPatch, reports: Path) -> None:
    outcome(monkeypatch, reports, 1, tests=2, failures=1)
    assert lanes.main(["fast", "postgres"]) == 1


@contextmanager
def no_ground() -> Iterator[dict[str, str]]:
    raise lanes.CannotRun("no Chromium; install it: apt-get install chromium")
    yield {}


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_a_lane_that_cannot_run_says_why_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch,
    reports: Path,
    capsys: pytest.CaptureFixture[str],
    ci: str,
    code: int,
) -> None:
    outcome(monkeypatch, reports, 0, tests=1)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(lanes, "LANES", (lanes.Lane("browser", "browser", 1, no_ground),))
    assert lanes.main([]) == code
    assert "did not run: no Chromium" in capsys.readouterr().out


def test_a_lane_without_tests_did_not_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reports: Path
) -> None:
    monkeypatch.setenv("CI", "true")
    outcome(monkeypatch, reports, lanes.NO_TESTS)
    assert lanes.main(["fast"]) == 1
    assert "did not run" in capsys.readouterr().out


def test_an_unknown_lane_is_one_line() -> None:
    with pytest.raises(SystemExit, match="no lane slow"):
        lanes.main(["slow"])


def test_every_test_belongs_to_a_lane() -> None:
    """Whatever marks a test carries, some lane's expression takes it."""
    from _pytest.mark.expression import Expression

    for marks in ({""}, {"browser"}, {"postgres"}, {"crash"}, {"crash", "browser"}, {"slow"}):
        taken = [
            lane.name
            for lane in lanes.LANES
            if Expression.compile(lane.marks).evaluate(lambda name, **_: name in marks)  # noqa: B023
        ]
        assert taken, marks
