"""The door of a node among several organisations."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pengcheng.domains.ledger.ops.node import server


def serve(*, address: str, folder: Path) -> None:
    """Answer CometBFT on this address (ABCI 2.0) until interrupted."""
    asyncio.run(server.serve(address, folder))
