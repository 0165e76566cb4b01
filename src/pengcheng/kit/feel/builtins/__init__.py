"""The functions of the standard, by family. Importing this package declares them all."""

from pengcheng.kit.feel.builtins import (
    contexts,
    conversion,
    intervals,
    lists,
    math,
    statistics,
    strings,
    temporal,
)
from pengcheng.kit.feel.builtins.registry import BUILTINS
from pengcheng.kit.feel.syntax.names import NameTree

NAMES = NameTree(BUILTINS)

__all__ = [
    "BUILTINS",
    "NAMES",
    "contexts",
    "conversion",
    "intervals",
    "lists",
    "math",
    "statistics",
    "strings",
    "temporal",
]
