"""Packages that outlive the product that made them: BagIt bags kept in an OCFL store.

Sources: RFC 8493 (BagIt 1.0); Oxford Common File Layout 1.1. Nothing here knows of the city.
"""

from pengcheng.kit.archive.bags import ALGORITHMS, bag, bag_faults
from pengcheng.kit.archive.ocfl import Damaged, Exists, Missing, Store, VersionInfo

__all__ = [
    "ALGORITHMS",
    "Damaged",
    "Exists",
    "Missing",
    "Store",
    "VersionInfo",
    "bag",
    "bag_faults",
]
