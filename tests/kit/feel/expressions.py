"""How the tables of these tests are read: an expression and how its value reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pengcheng.kit.feel import explain
from pengcheng.kit.feel.plain import from_python
from pengcheng.kit.feel.texts import to_text


def text_of(expression: str, context: Mapping[str, Any] | None = None) -> str:
    """The value as FEEL would write it, texts in quotation marks."""
    return to_text(from_python(explain(expression, context).value), quoted=True)


def table(lines: str) -> pytest.MarkDecorator:
    """One case a line: `expression ==> value`; lines that begin with `#` are headings."""
    cases = [
        line.strip().split(" ==> ")
        for line in lines.strip().splitlines()
        if line.strip() and not line.strip().startswith("#")
    ]
    assert all(len(case) == 2 for case in cases), [case for case in cases if len(case) != 2]
    return pytest.mark.parametrize(("expression", "value"), cases, ids=[case[0] for case in cases])
