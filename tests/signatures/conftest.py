"""A city of its own for each file of tests: keys and one sealed document are made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from django.test import override_settings

from pengcheng.kit import seals
from tests.signatures import scenes


@pytest.fixture(scope="session")
def sealed_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    home = tmp_path_factory.mktemp("seals")
    with override_settings(PENGCHENG_HOME=home):
        return home, seals.stamp(scenes.plain(), scenes.SEAL)


@pytest.fixture
def home(sealed_once: tuple[Path, bytes], tmp_path: Path) -> Iterator[Path]:
    """The same keys, to be spoiled by one test."""
    copytree(sealed_once[0], tmp_path / "home")
    with override_settings(PENGCHENG_HOME=tmp_path / "home"):
        yield tmp_path / "home"


@pytest.fixture
def sealed(sealed_once: tuple[Path, bytes], home: Path) -> bytes:
    """Sealed at the highest level, B-LTA."""
    return sealed_once[1]
