"""Decision tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pengcheng.kit.dmn import elements
from pengcheng.kit.dmn.environment import Environment
from pengcheng.kit.dmn.hits import Outputs, Policy, Values, policy_of
from pengcheng.kit.dmn.itemtypes import listed_values
from pengcheng.kit.dmn.trace import CellTrace, RuleTrace, TableTrace
from pengcheng.kit.feel.compiler import Test
from pengcheng.kit.feel.errors import FeelError, LimitExceeded
from pengcheng.kit.feel.plain import to_python
from pengcheng.kit.feel.runtime import Closure, Run, Scope
from pengcheng.kit.feel.types import ANY, MISMATCH, FeelType


@dataclass(frozen=True, slots=True)
class Input:
    text: str
    value: Closure
    allowed: Test | None


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    type: FeelType
    allowed: Test | None
    default: Closure | None


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """`tests` are the cells that are not `-`, with the column each stands in."""

    element: elements.Rule
    tests: tuple[tuple[int, Test], ...]
    outputs: tuple[Closure, ...]


class Table:
    def __init__(
        self,
        element: elements.DecisionTable,
        inputs: tuple[Input, ...],
        outputs: tuple[Output, ...],
        ranks: tuple[Sequence[Any], ...],
        rules: tuple[CompiledRule, ...],
        policy: tuple[Policy, Any],
    ) -> None:
        self.element = element
        self.inputs = inputs
        self.outputs = outputs
        self.rules = rules
        self.policy, self.otherwise = policy
        names = tuple(output.name for output in outputs) if len(outputs) > 1 else ()
        self.shape = Outputs(names, ranks)
        self.single = element.hit_policy in ("FIRST", "F")
        self.counts = element.aggregation == "COUNT"

    def __call__(self, scope: Scope) -> Any:
        try:
            return self._decide(scope)
        except LimitExceeded:
            raise
        except FeelError as error:
            scope.run.note(error.code, error.message)
            return None

    def _decide(self, scope: Scope) -> Any:
        values = [self._input(column, scope) for column in self.inputs]
        scope.run.spend(1 + len(self.rules))
        hits = self._hits(values, scope)
        if scope.run.trace is not None:
            self._record(values, scope)
        if not hits:
            return self._nothing(scope)
        return self.policy([self._outputs(rule, scope) for rule in hits], self.shape)

    def _input(self, column: Input, scope: Scope) -> Any:
        value = column.value(scope)
        if column.allowed is not None and value is not None:
            if column.allowed(scope, value) is not True:
                raise FeelError(f"the value of {column.text!r} is not among the allowed", "table")
        return value

    def _hits(self, values: list[Any], scope: Scope) -> list[CompiledRule]:
        hits: list[CompiledRule] = []
        for rule in self.rules:
            for column, test in rule.tests:
                if test(scope, values[column]) is not True:
                    break
            else:
                hits.append(rule)
                if self.single:
                    break
        return hits

    def _outputs(self, rule: CompiledRule, scope: Scope) -> Values:
        return tuple(
            self._fitted(output, cell(scope), scope)
            for output, cell in zip(self.outputs, rule.outputs, strict=True)
        )

    def _fitted(self, output: Output, value: Any, scope: Scope) -> Any:
        if output.type is not ANY and not self.counts:
            fitted = output.type.coerce(value)
            if fitted is MISMATCH:
                raise FeelError(f"an output is not of type {output.type}", "type")
            # Some editors give the column the type of the whole result: a list of its values.
            value = value if type(fitted) is list and type(value) is not list else fitted
        if output.allowed is not None and value is not None:
            if output.allowed(scope, value) is not True:
                raise FeelError("an output is not among the allowed values", "table")
        return value

    def _nothing(self, scope: Scope) -> Any:
        """No rule matches: the default output, else what the hit policy says."""
        if any(output.default is not None for output in self.outputs):
            values = tuple(
                None if output.default is None else output.default(scope) for output in self.outputs
            )
            return self.shape.shown(values)
        if self.otherwise is None:
            scope.run.note("table", "no rule matches")
        return list(self.otherwise) if isinstance(self.otherwise, list) else self.otherwise

    def _record(self, values: list[Any], scope: Scope) -> None:
        """Asked again with a silent run, so that tracing changes nothing."""
        silent = Scope(scope.names, Run(scope.run.limits), scope.parent)
        rules = tuple(
            self._rule_trace(number, rule, values, silent)
            for number, rule in enumerate(self.rules, 1)
        )
        policy = self.element.hit_policy or "UNIQUE"
        scope.run.trace.steps.append(
            TableTrace(scope.run.where, self.element.id or self.element.label, policy, rules)
        )

    def _rule_trace(
        self, number: int, rule: CompiledRule, values: list[Any], scope: Scope
    ) -> RuleTrace:
        cells: list[CellTrace] = []
        matched = True
        for column, test in rule.tests:
            matched = test(scope, values[column]) is True
            cell = rule.element.inputs[column].text.strip()
            text = self.inputs[column].text
            cells.append(CellTrace(text, to_python(values[column]), cell, matched))
            if not matched:
                break
        notes = tuple(note.text for note in rule.element.annotations if note.text)
        return RuleTrace(number, rule.element.id, matched, tuple(cells), notes)


def compile_table(element: elements.DecisionTable, environment: Environment) -> Closure:
    policy = policy_of(element.hit_policy, element.aggregation)
    if policy is None:
        message = f"unknown hit policy {element.hit_policy} {element.aggregation}".strip()
        environment.found(element.line, message)
        return _refuse(message)
    inputs = tuple(_input(clause, environment) for clause in element.inputs)
    outputs = tuple(_output(clause, environment) for clause in element.outputs)
    ranks = tuple(_ranked(clause, environment) for clause in element.outputs)
    rules = tuple(_rule(rule, element, environment) for rule in element.rules)
    if not outputs:
        environment.found(element.line, "a decision table needs an output")
        return _refuse("the decision table has no output")
    return Table(element, inputs, outputs, ranks, rules, policy)


def _refuse(message: str) -> Closure:
    def closure(scope: Scope) -> None:
        scope.run.note("table", message)

    return closure


def _input(clause: elements.InputClause, environment: Environment) -> Input:
    expression = clause.expression
    text = expression.text if expression is not None else clause.label
    value = environment.expression(text, clause.line)
    return Input(" ".join(text.split()), value, _allowed(clause.values, environment))


def _allowed(tests: elements.Tests | None, environment: Environment) -> Test | None:
    return None if tests is None else environment.tests(tests.text, tests.line)


def _output(clause: elements.OutputClause, environment: Environment) -> Output:
    default = None
    if clause.default is not None and clause.default.text.strip():
        default = environment.expression(clause.default.text, clause.default.line)
    return Output(
        clause.name or clause.label,
        environment.type(clause.type_ref, clause.line),
        _allowed(clause.values, environment),
        default,
    )


def _ranked(clause: elements.OutputClause, environment: Environment) -> Sequence[Any]:
    if clause.values is not None and clause.values.text.strip():
        return listed_values(clause.values.text, environment)
    return environment.types.listed(clause.type_ref)


def _rule(
    rule: elements.Rule, table: elements.DecisionTable, environment: Environment
) -> CompiledRule:
    if len(rule.inputs) != len(table.inputs) or len(rule.outputs) != len(table.outputs):
        environment.found(rule.line, "a rule has not as many entries as the table has columns")
    tests = tuple(
        (column, test)
        for column, cell in enumerate(rule.inputs[: len(table.inputs)])
        if (test := environment.tests(cell.text, cell.line)) is not None
    )
    outputs = [_cell(cell, environment) for cell in rule.outputs[: len(table.outputs)]]
    outputs += [lambda scope: None] * (len(table.outputs) - len(outputs))
    return CompiledRule(rule, tests, tuple(outputs))


def _cell(cell: elements.LiteralExpression, environment: Environment) -> Closure:
    if cell.text.strip() in ("", "-"):
        return lambda scope: None
    return environment.expression(cell.text, cell.line)
