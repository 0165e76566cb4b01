"""Taking samples and saying them: name, median, 95th percentile, number, unit."""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

SCALE = {"s": 1.0, "ms": 1e3, "µs": 1e6, "ns": 1e9}


@dataclass(frozen=True)
class Row:
    name: str
    median: float
    p95: float
    n: int
    unit: str


@dataclass
class Reporter:
    """What a bench gets: the loaded demo city (home and address) and where to say its figures."""

    home: Path
    address: str
    quick: bool = False
    rows: list[Row] = field(default_factory=list)
    say: Callable[[str], None] = print

    def sampled(self, name: str, samples: Sequence[float], unit: str) -> None:
        """Figures that were measured elsewhere, in `unit`."""
        ordered = sorted(samples)
        p95 = ordered[max(math.ceil(0.95 * len(ordered)) - 1, 0)]
        row = Row(name, statistics.median(ordered), p95, len(ordered), unit)
        self.rows.append(row)
        self.say(line(row))

    def timed(
        self,
        name: str,
        step: Callable[[], object],
        *,
        n: int = 200,
        unit: str = "ms",
        repeat: int = 1,
        warm: int = 5,
    ) -> None:
        """Time `step` n times; `repeat` runs it so often within one sample, for what is short."""
        for _ in range(warm):
            step()
        samples = []
        for _ in range(max(n // 10, 5) if self.quick else n):
            started = time.perf_counter()
            for _ in range(repeat):
                step()
            samples.append((time.perf_counter() - started) / repeat * SCALE[unit])
        self.sampled(name, samples, unit)

    def failed(self, name: str, error: Exception) -> None:
        self.say(f"{name:<44} could not be measured: {type(error).__name__}: {error}")


def line(row: Row) -> str:
    return f"{row.name:<44}{figure(row.median):>12}{figure(row.p95):>12}{row.n:>8}  {row.unit}"


def figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"


def heading() -> str:
    return f"{'':<44}{'median':>12}{'p95':>12}{'n':>8}  unit"


def machine() -> str:
    """Whose figures these are: another machine has others."""
    database = os.environ.get("PENGCHENG_DATABASE_URL", "").split(":")[0] or "sqlite"
    return (
        f"{cpu()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f};"
        f" Python {platform.python_version()}, {database}, {platform.system()}"
    )


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [text.split(":", 1)[1].strip() for text in lines if text.startswith("model name")]
    return models[0] if models else platform.machine()


def write_json(rows: Sequence[Row], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    told = {"machine": machine(), "rows": [asdict(row) for row in rows]}
    target.write_text(json.dumps(told, ensure_ascii=False, indent=1))
