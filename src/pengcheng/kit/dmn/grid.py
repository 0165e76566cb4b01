"""A decision table as an editor sees it: rows of texts, read from a model and put back into it.

What the grid does not show (other decisions, item types, the diagram) stays in the model as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pengcheng.kit.dmn import elements, namespaces
from pengcheng.kit.dmn.errors import ModelError

POLICIES = (
    "UNIQUE",
    "FIRST",
    "ANY",
    "PRIORITY",
    "RULE ORDER",
    "OUTPUT ORDER",
    "COLLECT",
    "COLLECT SUM",
    "COLLECT MIN",
    "COLLECT MAX",
    "COLLECT COUNT",
)
TYPES = ("", "string", "number", "boolean", "date", "time", "dateTime")
MAX_ROWS, MAX_COLUMNS = 400, 30
OWN = "input_data_"
_LETTERS = {policy[0]: policy for policy in POLICIES[:7]}
_NAME = re.compile(r"[^\W\d][\w '’.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class InputColumn:
    id: str = ""
    expression: str = ""
    label: str = ""
    type: str = ""
    values: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputColumn:
    id: str = ""
    name: str = ""
    label: str = ""
    type: str = ""
    values: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    policy: str = "UNIQUE"  # with its aggregation: "COLLECT SUM"
    inputs: tuple[InputColumn, ...] = ()
    outputs: tuple[OutputColumn, ...] = ()
    rows: tuple[Row, ...] = ()


def decision_of(definitions: elements.Definitions, name: str) -> elements.Decision | None:
    return next((each for each in definitions.decisions if each.name == name), None)


def read(data: bytes, decision: str) -> Grid | None:
    """The table of that decision; None when its logic is not a table. Raises ModelError."""
    definitions, _version, _prefixes = namespaces.read(data)
    found = decision_of(definitions, decision)
    if found is None:
        raise ModelError(f"there is no decision {decision!r}")
    return grid_of(found.expression) if isinstance(found.expression, TABLE) else None


TABLE = elements.DecisionTable


def grid_of(table: elements.DecisionTable) -> Grid:
    policy = _LETTERS.get(table.hit_policy, table.hit_policy) or "UNIQUE"
    return Grid(
        policy=f"{policy} {table.aggregation}".strip(),
        inputs=tuple(_input(clause) for clause in table.inputs),
        outputs=tuple(_output(clause) for clause in table.outputs),
        rows=tuple(_row(rule) for rule in table.rules),
    )


def _input(clause: elements.InputClause) -> InputColumn:
    expression = clause.expression
    return InputColumn(
        id=clause.id,
        expression=expression.text.strip() if expression else clause.label,
        label=clause.label,
        type=expression.type_ref if expression else "",
        values=clause.values.text.strip() if clause.values else "",
    )


def _output(clause: elements.OutputClause) -> OutputColumn:
    return OutputColumn(
        id=clause.id,
        name=clause.name,
        label=clause.label,
        type=clause.type_ref,
        values=clause.values.text.strip() if clause.values else "",
        default=clause.default.text.strip() if clause.default else "",
    )


def _row(rule: elements.Rule) -> Row:
    return Row(
        id=rule.id,
        inputs=tuple(cell.text.strip() for cell in rule.inputs),
        outputs=tuple(cell.text.strip() for cell in rule.outputs),
        note="\n".join(note.text for note in rule.annotations if note.text),
    )


# --- and back ---------------------------------------------------------------------------


def write(data: bytes, decision: str, grid: Grid) -> bytes:
    """The model with this table in it, as DMN 1.5. Raises ModelError."""
    definitions = put(data, decision, grid)
    return namespaces.write(definitions).encode()


def put(data: bytes, decision: str, grid: Grid) -> elements.Definitions:
    definitions, _version, _prefixes = namespaces.read(data)
    found = decision_of(definitions, decision)
    if found is None:
        raise ModelError(f"there is no decision {decision!r}")
    old = found.expression if isinstance(found.expression, TABLE) else TABLE()
    found.expression = table_of(grid, old)
    _declare(definitions, found, grid)
    return definitions


def table_of(grid: Grid, old: elements.DecisionTable) -> elements.DecisionTable:
    """A table of these texts; what the grid does not show is taken from the old one."""
    policy, _, aggregation = grid.policy.partition(" ")
    if grid.policy in POLICIES[:7]:
        policy, aggregation = grid.policy, ""
    return TABLE(
        id=old.id,
        label=old.label,
        description=old.description,
        extensions=old.extensions,
        type_ref=old.type_ref,
        output_label=old.output_label,
        orientation=old.orientation,
        hit_policy=policy,
        aggregation=aggregation,
        inputs=[_input_clause(column) for column in grid.inputs],
        outputs=[_output_clause(column) for column in grid.outputs],
        annotations=old.annotations or _annotations(grid),
        rules=[_rule(row) for row in grid.rows],
    )


def _annotations(grid: Grid) -> list[elements.Annotation]:
    return [elements.Annotation(name="note")] if any(row.note for row in grid.rows) else []


def _input_clause(column: InputColumn) -> elements.InputClause:
    expression = elements.LiteralExpression(text=column.expression, type_ref=column.type)
    return elements.InputClause(
        id=column.id, label=column.label, expression=expression, values=_tests(column.values)
    )


def _output_clause(column: OutputColumn) -> elements.OutputClause:
    default = elements.LiteralExpression(text=column.default) if column.default else None
    return elements.OutputClause(
        id=column.id,
        name=column.name,
        label=column.label,
        type_ref=column.type,
        values=_tests(column.values),
        default=default,
    )


def _tests(text: str) -> elements.Tests | None:
    return elements.Tests(text=text) if text else None


def _rule(row: Row) -> elements.Rule:
    return elements.Rule(
        id=row.id,
        inputs=[elements.Tests(text=cell or "-") for cell in row.inputs],
        outputs=[elements.LiteralExpression(text=cell) for cell in row.outputs],
        annotations=[elements.Annotation(text=row.note)] if row.note else [],
    )


def _declare(definitions: elements.Definitions, decision: elements.Decision, grid: Grid) -> None:
    """A column that asks for a name nobody gives becomes an input of the model."""
    _forget(definitions, decision, grid)
    known = names_for(definitions, decision)
    for column in grid.inputs:
        name = column.expression.strip()
        if name in known or not _NAME.fullmatch(name):
            continue
        data = next((each for each in definitions.inputs if each.name == name), None)
        if data is None:
            variable = elements.Variable(name=name, type_ref=column.type)
            data = elements.InputData(id=_free_id(definitions), name=name, variable=variable)
            definitions.inputs.append(data)
        decision.information.append(elements.InformationRequirement(input=f"#{data.id}"))
        known.add(name)


def _forget(definitions: elements.Definitions, decision: elements.Decision, grid: Grid) -> None:
    """Inputs that were made for a column here and that no text of the table names any more."""
    texts = [column.expression for column in grid.inputs]
    texts += [cell for row in grid.rows for cell in (*row.inputs, *row.outputs)]
    gone = {
        f"#{data.id}"
        for data in definitions.inputs
        if data.id.startswith(OWN) and not any(data.name in text for text in texts)
    }
    decision.information = [need for need in decision.information if need.input not in gone]
    needed = {need.input for each in definitions.decisions for need in each.information}
    definitions.inputs = [data for data in definitions.inputs if f"#{data.id}" not in gone - needed]


def names_for(definitions: elements.Definitions, decision: elements.Decision) -> set[str]:
    """What an expression of this decision may name."""
    given: list[elements.InputData | elements.Decision] = [
        *definitions.inputs,
        *definitions.decisions,
    ]
    by_id = {f"#{each.id}": each.variable.name if each.variable else each.name for each in given}
    needs = [need.input or need.decision for need in decision.information]
    # An imported model names its elements by its namespace: those names cannot be judged here.
    names = {by_id.get(need, need.rpartition("#")[2]) for need in needs}
    names |= {model.name for model in definitions.knowledge_models}
    names |= {service.name for service in definitions.services}
    return names | {each.name for each in definitions.imports}


def _free_id(definitions: elements.Definitions) -> str:
    taken = {each.id for each in definitions.inputs}
    taken |= {each.id for each in definitions.decisions}
    number = len(definitions.inputs) + 1
    while f"{OWN}{number}" in taken:
        number += 1
    return f"{OWN}{number}"


def new_model(name: str, fields: tuple[InputColumn, ...] = ()) -> bytes:
    """A model with one empty table, to begin with."""
    grid = Grid(
        policy="FIRST",
        inputs=fields,
        outputs=(OutputColumn(name="outcome", type="string"), OutputColumn(name="rule")),
        rows=(Row(inputs=("-",) * len(fields), outputs=('"review"', '"rule-1"')),),
    )
    definitions = elements.Definitions(
        name=name,
        namespace="urn:pengcheng:decision",
        decisions=[
            elements.Decision(id="decision", name=name, variable=elements.Variable(name=name))
        ],
    )
    return write(namespaces.write(definitions).encode(), name, grid)
