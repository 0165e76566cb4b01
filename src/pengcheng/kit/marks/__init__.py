"""An invisible number in the picture of a page, which survives copying, scaling and turning.

Why our own, how it works and what it withstands: docs/adr/0038. It traces who gave a copy away; it
proves nothing, and whoever makes the page pure black and white takes it away.
"""

from __future__ import annotations

from pengcheng.kit.marks.embedding import mark
from pengcheng.kit.marks.finding import Found, find
from pengcheng.kit.marks.pattern import TAG_BITS

__all__ = ["TAG_BITS", "Found", "find", "mark"]
