"""Places: where does a point lie, what does an address say, from memory, one call at a time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import shapely

from bench.report import Reporter
from pengcheng.domains.places import api
from pengcheng.kernel.context import anonymous_context, system_context
from pengcheng.kit.maps.crs import Coordinate

VISITOR = anonymous_context()
ADDRESSES = (
    "广东省深圳市南山区粤海街道科苑路15号科兴科学园A栋3单元1203室",
    "福田区福中三路市民中心C区",
    "深圳市大鹏新区葵涌街道金葵东路5号",
    "桂园街道大塘龙社区宝安南路1054号湖润大厦7楼",
)


def bench(reporter: Reporter) -> None:
    points = 1_000 if reporter.quick else 10_000
    chance = random.Random(20261122)
    city = shapely.union_all(list(api.outlines(VISITOR).values()))
    everywhere = scattered(chance, city.bounds, points)
    locate = each(lambda at: api.locate(VISITOR, at=at))
    inside = [at for at in everywhere if shapely.contains_xy(city, at.lon, at.lat)]
    reporter.sampled("point in division, anywhere in the frame", locate(everywhere), "µs")
    reporter.sampled("point in division, inside the city", locate(inside), "µs")
    edge = shapely.boundary(city)
    lines = [edge.interpolate(chance.random(), normalized=True) for _ in range(points // 10)]
    border = [Coordinate(point.x, point.y, "WGS84") for point in lines]
    reporter.sampled("point in division, on the city's outline", locate(border), "µs")
    gcj = [at.to("GCJ02") for at in inside]
    reporter.sampled("point in division, given in GCJ-02", locate(gcj), "µs")
    reporter.sampled("GCJ-02 to WGS-84, one point", each(lambda at: at.to("WGS84"))(gcj), "µs")
    read = each(lambda text: api.parse_address(VISITOR, text=text))
    reporter.sampled("address read and coded", read(ADDRESSES * (points // 40)), "µs")
    build(reporter)


def build(reporter: Reporter) -> None:
    """The map is drawn anew where it lies: the same layers give the same file."""
    seconds = [
        api.build_base_map(system_context("bench"), force=True).seconds
        for _ in range(1 if reporter.quick else 3)
    ]
    reporter.sampled("base map of the demo city drawn", seconds, "s")


def each(step: Callable[[Any], object]) -> Callable[[Sequence[Any]], list[float]]:
    def measure(things: Sequence[Any]) -> list[float]:
        for thing in things[:100]:
            step(thing)
        samples = []
        for thing in things:
            began = time.perf_counter_ns()
            step(thing)
            samples.append((time.perf_counter_ns() - began) / 1_000)
        return samples

    return measure


def scattered(
    chance: random.Random, bounds: tuple[float, float, float, float], count: int
) -> list[Coordinate]:
    west, south, east, north = bounds
    return [
        Coordinate(chance.uniform(west, east), chance.uniform(south, north), "WGS84")
        for _ in range(count)
    ]
