"""Weather and charging stations of Shenzhen, what the city watches, and the replay of a storm."""

from __future__ import annotations

from pengcheng.demo.loader import Tell
from pengcheng.demo.shenzhen import watch
from pengcheng.kernel.context import system_context


def load(tell: Tell) -> int:
    return watch.load_sensing(system_context("demo"), tell)
