"""The table of measurements: what it says is what was sampled, and on which machine."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import numpy
import pytest

from bench import report


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def reporter(tmp_path: Path, told: list[str]) -> report.Reporter:
    return report.Reporter(tmp_path, "http://localhost", say=told.append)


@pytest.mark.parametrize("n", [1, 2, 19, 20, 100, 333])
def test_median_and_95th_percentile_are_those_of_others(reporter: report.Reporter, n: int) -> None:
    samples = [float((k * 37) % 101) for k in range(n)]
    reporter.sampled("x", samples, "ms")
    row = reporter.rows[0]
    assert row.median == statistics.median(samples)
    assert row.p95 == numpy.percentile(samples, 95, method="inverted_cdf")
    assert row.n == n


def test_a_step_is_timed_in_its_unit_and_repeated(reporter: report.Reporter) -> None:
    done: list[int] = []
    reporter.timed("x", lambda: done.append(1), n=10, unit="µs", repeat=3, warm=2)
    row = reporter.rows[0]
    assert len(done) == 2 + 10 * 3
    assert (row.n, row.unit) == (10, "µs")
    assert 0 < row.median < 10_000


def test_quick_takes_fewer_samples(tmp_path: Path, told: list[str]) -> None:
    quick = report.Reporter(tmp_path, "", quick=True, say=told.append)
    quick.timed("x", lambda: None, n=200)
    assert quick.rows[0].n == 20


def test_a_failure_is_a_line_and_not_a_figure(reporter: report.Reporter, told: list[str]) -> None:
    reporter.failed("x", ValueError("no map"))
    assert reporter.rows == []
    assert "no map" in told[0]


def test_lines_stand_under_their_headings(reporter: report.Reporter, told: list[str]) -> None:
    reporter.sampled("point in division", [3.5], "µs")
    assert told[0].index("3.5") + 3 == report.heading().index("median") + len("median")


def test_the_machine_is_named() -> None:
    line = report.machine()
    assert "cores" in line
    assert "Python 3." in line


def test_figures_are_kept_for_programs(reporter: report.Reporter, tmp_path: Path) -> None:
    reporter.sampled("x", [1.0, 2.0], "ms")
    report.write_json(reporter.rows, tmp_path / "build" / "figures.json")
    kept = json.loads((tmp_path / "build" / "figures.json").read_text())
    assert kept["rows"] == [{"name": "x", "median": 1.5, "p95": 2.0, "n": 2, "unit": "ms"}]
