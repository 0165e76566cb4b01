"""A signalling server for a test."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.cameras.scenes import Server


@pytest.fixture
def server(db: None) -> Iterator[Server]:
    loop = asyncio.new_event_loop()
    made = Server(loop)
    made.open()
    try:
        yield made
    finally:
        made.close()
        loop.close()
