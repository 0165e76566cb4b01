"""Shenzhen's divisions, outlines, zones, roads and stations."""

from __future__ import annotations

from pathlib import Path

from pengcheng.demo.loader import Tell
from pengcheng.domains.places import api as places
from pengcheng.kernel.context import system_context

FOLDER = Path(__file__).with_name("shenzhen") / "places"


def load(tell: Tell) -> int:
    tell(0, 1)
    places.load_divisions(system_context("demo"), folder=FOLDER)
    tell(1, 1)
    return len(places.holdings(system_context("demo")))
