"""Judged by shapely's buffers, and by the published bound of greedy coverage."""

from __future__ import annotations

import math
import random
from itertools import combinations

import pytest
import shapely

from pengcheng.domains.poles.rules import siting

pytestmark = pytest.mark.one_database


def town(seed: int, number: int) -> list[siting.Road]:
    made = random.Random(seed)
    found = []
    for _ in range(number):
        x, y = made.uniform(114.05, 114.052), made.uniform(22.55, 22.552)
        turn, size = made.uniform(0, math.pi), made.uniform(0.0004, 0.0012)
        end = (x + size * math.cos(turn), y + size * math.sin(turn))
        found.append(siting.Road("primary", "", ((x, y), end)))
    return found


def test_the_share_is_that_of_the_lines_within_buffers_around_the_poles() -> None:
    roads = town(7, 25)
    laid = siting.lay(roads, [], count=12)
    ground = siting.Ground(roads)
    lines = [shapely.LineString(ground.flat(road.points)) for road in roads]
    at = ground.flat([(each.longitude, each.latitude) for each in laid.sites])
    around = shapely.union_all(shapely.buffer(shapely.points(at), 20.0, quad_segs=64))
    judged = sum(shapely.intersection(line, around).length for line in lines)
    assert sum(each.after for each in laid.figures) == pytest.approx(judged, rel=0.01)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_greedy_covers_what_nemhauser_wolsey_and_fisher_promise(seed: int) -> None:
    """At least 1 - (1 - 1/k)^k of the best k sites, found here by trying all of them."""
    roads, k = town(seed, 6), 3
    laid = siting.lay(roads, [], count=k, spaced=False)
    ground = siting.Ground(roads)
    lines = [shapely.LineString(ground.flat(road.points)) for road in roads]
    kinds = ["primary"] * len(roads)
    pieces, sites = siting.cut(lines, kinds, siting.PIECE_M), siting.cut(lines, kinds, 20.0)
    near = [shapely.dwithin(pieces.at, each, 20.0) for each in sites.at]
    best = max(
        float(pieces.metres[near[a] | near[b] | near[c]].sum())
        for a, b, c in combinations(range(len(near)), k)
    )
    got = sum(each.gain for each in laid.sites)
    assert best * (1 - (1 - 1 / k) ** k) - 0.5 <= got <= best + 0.5
