"""Judged by others: pyproj's geodesics, and what the Hong Kong Observatory published of storms."""

from __future__ import annotations

from datetime import UTC, datetime

import pyproj
import pytest

from pengcheng.domains.earth import api
from pengcheng.domains.earth.contracts import SHENZHEN
from pengcheng.kernel.context import system_context

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
CITY = system_context("tests")
OBSERVATORY = (114.174, 22.302)


def test_distances_agree_with_geodesics_on_the_sphere() -> None:
    geod = pyproj.Geod(a=6371008.8, b=6371008.8)
    for storm in api.storms(context=CITY)[::15]:
        for fix in storm.fixes[::5]:
            metres = geod.inv(fix.lon, fix.lat, *SHENZHEN)[2]
            assert api.distance(fix=fix) == pytest.approx(metres / 1000, abs=0.001)


def test_points_between_fixes_agree_with_geodesics_on_the_sphere() -> None:
    geod = pyproj.Geod(a=6371008.8, b=6371008.8)
    for storm in api.storms(context=CITY)[::15]:
        one, other = storm.fixes[4:6]
        found = api.at(storm=storm, moments=(one.at + (other.at - one.at) / 2,))[0]
        middle = geod.npts(one.lon, one.lat, other.lon, other.lat, 1)[0]
        assert (found.lon, found.lat) == pytest.approx(middle, abs=1e-6)


def test_mangkhut_passed_hong_kong_as_its_observatory_published() -> None:
    """Nearest around 1 p.m. of 16 September 2018, about 100 km to the south-southwest."""
    found = api.nearest(context=CITY, storm_id="2018250N12170", place=OBSERVATORY)
    told = datetime(2018, 9, 16, 5, tzinfo=UTC)
    assert found.km == pytest.approx(100, abs=20)
    assert abs((found.fix.at - told).total_seconds()) <= 2 * 3600
    assert found.fix.lat < OBSERVATORY[1]
    assert found.fix.lon < OBSERVATORY[0]
