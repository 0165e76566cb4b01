"""What somebody typed is never run by the spreadsheet of who exports it."""

from __future__ import annotations

import pytest

from pengcheng.kit.pages.sheets import harmless


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM", "\tx", "\rx", "\nx", "＝1", "＠x"])
def test_a_formula_is_made_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["", "深圳", "a=b", -4.5, 0, None])
def test_other_cells_stay_as_they_are(cell):
    assert harmless(cell) == cell
