"""What somebody typed is never run by the spreadsheet of who exports it."""

from __future__ import annotations

import pytest
from django.utils import translation

from pengcheng.kit.pages.sheets import csv_response, harmless


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM", "\tx", "\rx", "\nx", "＝1", "＠x"])
def test_a_formula_is_made_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["", "深圳", "a=b", -4.5, 0, None])
def test_other_cells_stay_as_they_are(cell):
    assert harmless(cell) == cell


def test_a_table_is_utf_8_with_the_mark_and_harmless_cells() -> None:
    answer = csv_response("a.csv", ["编号", "n"], [["=1+1", 2], ["二", 3]])
    assert answer.content == "\ufeff编号,n\r\n'=1+1,2\r\n二,3\r\n".encode()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="a.csv"'


def test_a_list_that_goes_on_says_so_in_the_last_line() -> None:
    for language, word in (("en", "first 2 lines"), ("zh-hans", "前 2 行")):
        with translation.override(language):
            answer = csv_response("a.csv", ["n"], iter([[1], [2]]), goes_on=True)
        lines = answer.content.decode().splitlines()
        assert len(lines) == 4
        assert word in lines[-1]
