"""Which cells of a grid are wrong, and why: FEEL that does not parse, names nobody gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pengcheng.kit.dmn import elements
from pengcheng.kit.dmn.errors import ModelError
from pengcheng.kit.dmn.grid import (
    MAX_COLUMNS,
    MAX_ROWS,
    POLICIES,
    TYPES,
    Grid,
    decision_of,
    names_for,
    put,
)
from pengcheng.kit.feel import FeelSyntaxError
from pengcheng.kit.feel.chinese import in_chinese
from pengcheng.kit.feel.unknown import unknown_in_tests, unknown_names

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class CellFault:
    """`place` is a path such as `rows/0/inputs/2`, `inputs/1/expression` or `policy`."""

    place: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


def check(data: bytes, decision: str, grid: Grid) -> tuple[CellFault, ...]:
    """Everything that is wrong with this table of the model. Raises ModelError."""
    definitions = put(data, decision, grid)
    found = decision_of(definitions, decision)
    if found is None:  # `put` has raised already
        raise ModelError(f"there is no decision {decision!r}")
    names = names_for(definitions, found) | _from_types(definitions)
    return tuple([*_shape(grid), *_columns(grid, names), *_rows(grid, names)])


def _from_types(definitions: elements.Definitions) -> set[str]:
    """Members of structures follow a dot, but a list of values may stand alone."""
    return {item.name for item in definitions.items}


def _shape(grid: Grid) -> Iterator[CellFault]:
    if grid.policy not in POLICIES:
        yield CellFault("policy", "没有这种命中策略", "there is no such hit policy")
    if not grid.outputs:
        yield CellFault("outputs", "决策表须有输出列", "a decision table needs an output")
    if not grid.rows:
        yield CellFault("rows", "决策表须有规则", "a decision table needs rules")
    if len(grid.rows) > MAX_ROWS or len(grid.inputs) + len(grid.outputs) > MAX_COLUMNS:
        yield CellFault(
            "rows",
            f"最多{MAX_ROWS}条规则、{MAX_COLUMNS}列",
            f"at most {MAX_ROWS} rules and {MAX_COLUMNS} columns",
        )
    ranked = grid.policy in {"PRIORITY", "OUTPUT ORDER"}
    if ranked and not any(column.values for column in grid.outputs):
        yield CellFault(
            "outputs/0/values",
            "此命中策略须列出输出值的先后",
            "this hit policy needs the output values in their order",
        )


def _columns(grid: Grid, names: set[str]) -> Iterator[CellFault]:
    for place, column in enumerate(grid.inputs):
        at = f"inputs/{place}"
        yield from _cell(f"{at}/expression", column.expression, names, unknown_names, empty=False)
        yield from _cell(f"{at}/values", column.values, names, unknown_in_tests)
        yield from _type(f"{at}/type", column.type)
    several = len(grid.outputs) > 1
    seen: set[str] = set()
    for place, output in enumerate(grid.outputs):
        at = f"outputs/{place}"
        if (several and not output.name) or output.name in seen:
            yield CellFault(
                f"{at}/name",
                "多个输出须各有名称",
                "where there are several outputs each needs a name",
            )
        seen.add(output.name)
        yield from _cell(f"{at}/values", output.values, names, unknown_in_tests)
        yield from _cell(f"{at}/default", output.default, names, unknown_names)
        yield from _type(f"{at}/type", output.type)


def _type(place: str, name: str) -> Iterator[CellFault]:
    if name and name not in TYPES and not name.isidentifier():
        yield CellFault(place, "没有这种类型", "there is no such type")


def _rows(grid: Grid, names: set[str]) -> Iterator[CellFault]:
    for place, row in enumerate(grid.rows):
        for column, cell in enumerate(row.inputs):
            at = f"rows/{place}/inputs/{column}"
            yield from _cell(at, cell, names, unknown_in_tests)
        for column, cell in enumerate(row.outputs):
            at = f"rows/{place}/outputs/{column}"
            yield from _cell(at, cell, names, unknown_names, empty=False)


def expression(place: str, text: str, names: set[str]) -> Iterator[CellFault]:
    """What is wrong with one expression that has to be there."""
    return _cell(place, text, names, unknown_names, empty=False)


def _cell(
    place: str,
    text: str,
    names: set[str],
    unknown: Callable[[str, set[str]], set[str]],
    *,
    empty: bool = True,
) -> Iterator[CellFault]:
    if not text.strip():
        if not empty:
            yield CellFault(place, "不能为空", "it must not be empty")
        return
    if len(text) > LONGEST:
        yield CellFault(place, "文字过长", "the text is too long")
        return
    try:
        strange = unknown(text, names)
    except FeelSyntaxError as error:
        yield CellFault(
            place,
            f"不是 FEEL 写法（第{error.column}个字符附近：{in_chinese(error.message)}）",
            f"this is not FEEL: {error.message} near character {error.column}",
        )
        return
    for name in sorted(strange):
        yield CellFault(
            place,
            f"没有“{name}”；如果是文字，请加英文引号",
            f"nobody gives {name!r}; if it is a text, put it in quotes",
        )
