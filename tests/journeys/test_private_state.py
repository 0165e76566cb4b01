"""What a running city writes to its disk is for its owner only."""

from __future__ import annotations

import stat

import pytest

from tests.journeys.conftest import RunningCity

pytestmark = pytest.mark.browser  # the lane in which a whole city runs


def test_no_file_can_be_read_by_others(running_city: RunningCity) -> None:
    files = [path for path in running_city.home.rglob("*") if not path.is_symlink()]
    assert any(path.name == "city.sqlite3" for path in files)
    open_to_others = [
        path.name for path in files if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []
