"""The base map, drawn by the city itself from the places it holds."""

from __future__ import annotations

from pengcheng.demo.loader import Tell
from pengcheng.domains.places import api as places
from pengcheng.kernel.context import system_context


def load(tell: Tell) -> int:
    places.build_base_map(system_context("demo"), progress=tell)
    return 1
