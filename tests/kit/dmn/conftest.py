"""The conformance kit, if it is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench import conformance_dmn


@pytest.fixture(scope="session")
def dmn_tck() -> Path:
    """The DMN Technology Compatibility Kit; absent on most machines, and then the test skips."""
    folder = Path(os.environ.get("PENGCHENG_DMN_TCK", conformance_dmn.DEFAULT))
    if not (folder / "TestCases").is_dir():
        pytest.skip(f"conformance kit not at {folder}; set PENGCHENG_DMN_TCK to try this")
    return folder
