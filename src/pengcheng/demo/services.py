"""The catalogue of service items."""

from __future__ import annotations

from pengcheng.demo.loader import Tell
from pengcheng.demo.shenzhen import services
from pengcheng.kernel.context import system_context


def load(tell: Tell) -> int:
    """Load the items; answers how many there are."""
    return services.load(context=system_context("demo"), progress=tell).read
