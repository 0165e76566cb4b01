"""Units that can be sent (all made up) and the table that grades incidents."""

from __future__ import annotations

from pengcheng.demo.loader import Tell
from pengcheng.demo.shenzhen import watch
from pengcheng.kernel.context import system_context


def load(tell: Tell) -> int:
    return watch.load_command(system_context("demo"), tell)
