"""The decision table between a form and a grid: what was typed, and what a button changes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from pengcheng.kit.dmn.grid import (
    POLICIES,
    TYPES,
    Grid,
    InputColumn,
    OutputColumn,
    Row,
)

MOST_FIELDS = 450
"""More would not fit into one form; such tables are changed as DMN files."""
LONGEST = 1000
_INPUT, _OUTPUT = ("expression", "type", "values"), ("name", "type", "values", "default")


def fields(table: Grid) -> int:
    row = len(table.inputs) + len(table.outputs) + 1
    return len(table.inputs) * 3 + len(table.outputs) * 4 + len(table.rows) * row + 10


def typed(post: Mapping[str, str], old: Grid) -> Grid:
    """The table as it was typed; what the form did not hold stays as it was."""

    def text(name: str, before: str) -> str:
        return post.get(name, before).replace("\r\n", "\n").strip()[:LONGEST]

    def fill(column: Any, start: str, names: tuple[str, ...]) -> Any:
        told = {name: text(f"{start}-{name}", getattr(column, name)) for name in names}
        return replace(column, **told)

    policy = post.get("policy", old.policy)
    return Grid(
        policy=policy if policy in POLICIES else old.policy,
        inputs=tuple(fill(each, f"inputs-{n}", _INPUT) for n, each in enumerate(old.inputs)),
        outputs=tuple(fill(each, f"outputs-{n}", _OUTPUT) for n, each in enumerate(old.outputs)),
        rows=tuple(_row(each, number, text) for number, each in enumerate(old.rows)),
    )


def _row(row: Row, number: int, text: Callable[[str, str], str]) -> Row:
    return replace(
        row,
        inputs=tuple(text(f"rows-{number}-inputs-{n}", cell) for n, cell in enumerate(row.inputs)),
        outputs=tuple(
            text(f"rows-{number}-outputs-{n}", cell) for n, cell in enumerate(row.outputs)
        ),
        note=text(f"rows-{number}-note", row.note),
    )


# --- buttons ----------------------------------------------------------------------------


def changed(table: Grid, do: str) -> Grid:
    """`add-row:2` adds behind row 2, `remove-input:0` takes the first column away."""
    act, _colon, number = do.partition(":")
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else -1
    known = _ACTS.get(act)
    return known(table, place) if known else table


def _add_row(table: Grid, place: int) -> Grid:
    ids = {row.id for row in table.rows}
    number = len(table.rows) + 1
    while f"rule-{number}" in ids:
        number += 1
    row = Row(
        id=f"rule-{number}",
        inputs=("-",) * len(table.inputs),
        outputs=("null",) * len(table.outputs),
    )
    at = place + 1 if 0 <= place < len(table.rows) else len(table.rows)
    return replace(table, rows=(*table.rows[:at], row, *table.rows[at:]))


def _remove_row(table: Grid, place: int) -> Grid:
    return replace(table, rows=_without(table.rows, place))


def _moved(by: int) -> Callable[[Grid, int], Grid]:
    def act(table: Grid, place: int) -> Grid:
        rows = list(table.rows)
        if 0 <= place < len(rows) and 0 <= place + by < len(rows):
            rows.insert(place + by, rows.pop(place))
        return replace(table, rows=tuple(rows))

    return act


def _add_input(table: Grid, _place: int) -> Grid:
    column = InputColumn(expression=f"input {len(table.inputs) + 1}")
    rows = tuple(replace(row, inputs=(*row.inputs, "-")) for row in table.rows)
    return replace(table, inputs=(*table.inputs, column), rows=rows)


def _remove_input(table: Grid, place: int) -> Grid:
    rows = tuple(replace(row, inputs=_without(row.inputs, place)) for row in table.rows)
    return replace(table, inputs=_without(table.inputs, place), rows=rows)


def _add_output(table: Grid, _place: int) -> Grid:
    column = OutputColumn(name=f"output {len(table.outputs) + 1}")
    rows = tuple(replace(row, outputs=(*row.outputs, "null")) for row in table.rows)
    return replace(table, outputs=(*table.outputs, column), rows=rows)


def _remove_output(table: Grid, place: int) -> Grid:
    rows = tuple(replace(row, outputs=_without(row.outputs, place)) for row in table.rows)
    return replace(table, outputs=_without(table.outputs, place), rows=rows)


def _without(items: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return items[:place] + items[place + 1 :] if 0 <= place < len(items) else items


_ACTS: dict[str, Callable[[Grid, int], Grid]] = {
    "add-row": _add_row,
    "remove-row": _remove_row,
    "up-row": _moved(-1),
    "down-row": _moved(1),
    "add-input": _add_input,
    "remove-input": _remove_input,
    "add-output": _add_output,
    "remove-output": _remove_output,
}


# --- as the page shows it ---------------------------------------------------------------


def drawn(table: Grid, faults: Mapping[str, str]) -> dict[str, Any]:
    """Every cell with its name on the form, its label for a screen reader and its fault."""

    def cell(place: str, value: str) -> dict[str, str]:
        name = place.replace("/", "-")
        error = faults.get(place, "")
        rows = str(min(6, 1 + value.count("\n") + len(value) // 14))
        return {
            "name": name,
            "id": f"cell-{name}",
            "value": value,
            "label": called(place),
            "error": error,
            "rows": rows,
        }

    def head(kind: str, number: int, column: Any, names: tuple[str, ...]) -> dict[str, Any]:
        parts = {n: cell(f"{kind}/{number}/{n}", getattr(column, n)) for n in names}
        return {"number": number, "count": number + 1, "title": called(f"{kind}/{number}"), **parts}

    return {
        "policy": table.policy,
        "policies": [(each, f"{each} – {policy_words()[each]}") for each in POLICIES],
        "types": [(each, each or _("any type")) for each in _types(table)],
        "inputs": [head("inputs", n, each, _INPUT) for n, each in enumerate(table.inputs)],
        "outputs": [head("outputs", n, each, _OUTPUT) for n, each in enumerate(table.outputs)],
        "rows": [
            {
                "place": n,
                "number": n + 1,
                "inputs": [cell(f"rows/{n}/inputs/{c}", t) for c, t in enumerate(row.inputs)],
                "outputs": [cell(f"rows/{n}/outputs/{c}", t) for c, t in enumerate(row.outputs)],
                "note": cell(f"rows/{n}/note", row.note),
                "first": n == 0,
                "last": n == len(table.rows) - 1,
            }
            for n, row in enumerate(table.rows)
        ],
    }


def _types(table: Grid) -> list[str]:
    """The usual ones, and those of the model's own that a column has already."""
    own = [column.type for column in table.inputs] + [column.type for column in table.outputs]
    return list(dict.fromkeys([*TYPES, *own]))


def policy_words() -> dict[str, str]:
    return {
        "UNIQUE": _("at most one rule fits"),
        "FIRST": _("the first that fits"),
        "ANY": _("several may fit, all say the same"),
        "PRIORITY": _("the most important output"),
        "RULE ORDER": _("all that fit, in the order of rules"),
        "OUTPUT ORDER": _("all that fit, by the order of outputs"),
        "COLLECT": _("all that fit"),
        "COLLECT SUM": _("sum of all that fit"),
        "COLLECT MIN": _("smallest of all that fit"),
        "COLLECT MAX": _("largest of all that fit"),
        "COLLECT COUNT": _("how many fit"),
    }


_CELL = re.compile(r"rows/(\d+)/(inputs|outputs|note)(?:/(\d+))?")
_HEAD = re.compile(r"(inputs|outputs)/(\d+)(?:/(\w+))?")


def called(place: str) -> str:
    """The place in words: "Rule 2, input 1"."""
    cell, head = _CELL.fullmatch(place), _HEAD.fullmatch(place)
    if cell:
        rule = _("Rule %(number)d") % {"number": int(cell[1]) + 1}
        column = _column(cell[2], int(cell[3] or 0))
        return _("%(rule)s, %(column)s") % {"rule": rule, "column": column}
    if head:
        column = _column(head[1], int(head[2]))
        part = _part(head[3]) if head[3] else ""
        return _("%(rule)s, %(column)s") % {"rule": column, "column": part} if part else column
    return ""


def _column(kind: str, number: int) -> str:
    if kind == "note":
        return _("note")
    word = _("input %(number)d") if kind == "inputs" else _("output %(number)d")
    return word % {"number": number + 1}


def _part(name: str) -> str:
    return {
        "expression": _("what is looked at"),
        "type": _("type"),
        "values": _("allowed values"),
        "name": _("name of the output"),
        "default": _("otherwise"),
    }.get(name, name)
