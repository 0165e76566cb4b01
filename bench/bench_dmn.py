"""Decisions a second of an already loaded model on one core.

    python bench/bench_dmn.py [--seconds S] [--rounds N] [--json]

Rounds of the models are interleaved and the median is printed, so that a noisy neighbour does
not decide the figure.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
for _path in (ROOT, ROOT / "src"):
    if str(_path) not in sys.path:
        sys.path.insert(0, str(_path))

from bench.report import Reporter, machine  # noqa: E402
from pengcheng.kit.dmn import load_model  # noqa: E402
from pengcheng.kit.feel import compile_expression  # noqa: E402

_NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
_RULES = (
    ("&gt;= 18", '"Medium", "High"', "true", '"Approved"'),
    ("&lt; 18", '"Medium", "High"', "true", '"Declined"'),
    ("-", '"Low"', "true", '"Declined"'),
    ("-", "-", "false", '"Declined"'),
)


def _cells(name: str, texts: tuple[str, ...]) -> str:
    return "".join(f"<{name}><text>{text}</text></{name}>" for text in texts)


def simple_table(rules: int) -> bytes:
    """Three inputs, one output, hit policy UNIQUE: the shape of most tables people write."""
    extra = tuple((f"[{-10 * i - 9}..{-10 * i}]", "-", "true", '"None"') for i in range(rules - 4))
    rows = "".join(
        f"<rule>{_cells('inputEntry', rule[:3])}{_cells('outputEntry', rule[3:])}</rule>"
        for rule in _RULES + extra
    )
    names = (("Age", "number"), ("Risk", "string"), ("Affordable", "boolean"))
    data = "".join(
        f'<inputData id="i{n}" name="{n}"><variable name="{n}" typeRef="{t}"/></inputData>'
        for n, t in names
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#i{n}"/></informationRequirement>'
        for n, _ in names
    )
    columns = "".join(
        f"<input><inputExpression><text>{n}</text></inputExpression></input>" for n, _ in names
    )
    return (
        f'<definitions xmlns="{_NAMESPACE}" name="bench" namespace="urn:bench">{data}'
        f'<decision id="d" name="Approval"><variable name="Approval" typeRef="string"/>{needs}'
        f'<decisionTable hitPolicy="UNIQUE">{columns}<output/>{rows}</decisionTable></decision>'
        "</definitions>"
    ).encode()


def _jobs() -> dict[str, Callable[[], Any]]:
    inputs = {"Age": 30, "Risk": "High", "Affordable": True}
    small, large = load_model(simple_table(4)), load_model(simple_table(100))
    rate = compile_expression("if income > 5000 then income * 0.2 else 0", ["income"])
    return {
        "table, 3 inputs, 4 rules": lambda: small.evaluate("Approval", inputs),
        "table, 3 inputs, 4 rules, with trace": lambda: small.explain(
            "Approval", inputs, trace=True
        ),
        "table, 3 inputs, 100 rules": lambda: large.evaluate("Approval", inputs),
        "expression": lambda: rate.evaluate({"income": 8000}),
    }


def _rate(job: Callable[[], Any], seconds: float) -> float:
    """Calls a second of processor time: other processes on the machine do not count."""
    calls, start = 0, time.process_time()
    while True:
        for _ in range(200):
            job()
        calls += 200
        spent = time.process_time() - start
        if spent >= seconds:
            return calls / spent


def measure(seconds: float, rounds: int) -> dict[str, list[float]]:
    jobs = _jobs()
    found: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            found[name].append(_rate(job, seconds))
    return found


def bench(reporter: Reporter) -> None:
    rounds = 3 if reporter.quick else 7
    for name, rates in measure(0.3, rounds).items():
        reporter.sampled(f"dmn: {name}", rates, "1/s of one core")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure decisions a second.")
    parser.add_argument("--seconds", type=float, default=0.5, help="of each round of each job")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.seconds, options.rounds)
    rates = {name: statistics.median(samples) for name, samples in found.items()}
    if options.json:
        print(json.dumps({"machine": machine(), "per_second": rates}, indent=1))
        return
    print(f"{machine()}; one core, median of {options.rounds} interleaved rounds")
    for name, rate in rates.items():
        print(f"  {name:40} {rate:10,.0f} a second")


if __name__ == "__main__":
    main()
