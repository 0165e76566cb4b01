"""How large a value is when every part is spelled out.

A few lines of FEEL can build a list whose parts are shared and whose written form would fill
the memory; whatever walks a whole value asks here first.
"""

from __future__ import annotations

from typing import Any

from pengcheng.kit.feel.errors import LimitExceeded

MOST_PARTS = 500_000


def check_size(value: Any, most: int = MOST_PARTS) -> None:
    """Raises LimitExceeded when the value has more parts than allowed."""
    count = 0
    pending = [value]
    while pending:
        item = pending.pop()
        if type(item) is list:
            count += len(item)
            pending.extend(part for part in item if type(part) is list or type(part) is dict)
        elif type(item) is dict:
            count += len(item)
            pending.extend(
                part for part in item.values() if type(part) is list or type(part) is dict
            )
        if count > most or len(pending) > most:
            raise LimitExceeded("the value has too many parts")
