"""The door of the engine: a model that is loaded once and evaluated often."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pengcheng.kit.dmn import elements, namespaces
from pengcheng.kit.dmn.compiling import Compiler
from pengcheng.kit.dmn.errors import Finding
from pengcheng.kit.dmn.graph import DecisionNode, Frame, InputNode, Node
from pengcheng.kit.dmn.inputs import input_values
from pengcheng.kit.dmn.itemtypes import Types
from pengcheng.kit.dmn.trace import Trace
from pengcheng.kit.feel.errors import Diagnostic, FeelError
from pengcheng.kit.feel.expression import guarded
from pengcheng.kit.feel.functions import DefinedFunction
from pengcheng.kit.feel.limits import DEFAULT, Limits
from pengcheng.kit.feel.plain import to_python
from pengcheng.kit.feel.runtime import Run

Imported = Sequence[tuple[str, "Model"]]
"""Imported models with the names they are imported under; several may have none."""


@dataclass(frozen=True, slots=True)
class Result:
    """A value, why it or a part of it is null, and how it came about if that was asked."""

    value: Any
    diagnostics: tuple[Diagnostic, ...] = ()
    trace: Trace | None = None


class Model:
    def __init__(
        self,
        definitions: elements.Definitions,
        version: str = "1.5",
        imported: Imported = (),
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        self.definitions = definitions
        self.version = version
        self.imported = tuple(imported)
        compiler = Compiler(definitions, self.imported, prefixes or {})
        compiler.compile()
        self.types: Types = compiler.types
        self.nodes = compiler.nodes
        self.functions = compiler.functions
        self.callable_ids = compiler.callable_ids
        self.findings: tuple[Finding, ...] = tuple(compiler.findings)
        self._members = compiler.members
        self._decisions = _by_name(self.nodes.values(), DecisionNode)
        self._inputs = [node for node in self.nodes.values() if isinstance(node, InputNode)]

    @property
    def name(self) -> str:
        return self.definitions.name

    @property
    def decisions(self) -> tuple[str, ...]:
        return tuple(decision.name for decision in self.definitions.decisions)

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(service.name for service in self.definitions.services)

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(node.name for node in self._inputs)

    def evaluate(self, decision: str, inputs: Mapping[str, Any] | None = None) -> Any:
        """The value of a decision, as plain Python; null when there is none, see `explain`."""
        return self.explain(decision, inputs).value

    def evaluate_service(self, service: str, inputs: Mapping[str, Any] | None = None) -> Any:
        """One output decision gives its value; several give a dict by name.

        A business knowledge model can be asked in the same way, with its parameters.
        """
        return self.explain_service(service, inputs).value

    def explain(
        self,
        decision: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        trace: bool = False,
        plain: bool = True,
        limits: Limits = DEFAULT,
    ) -> Result:
        """Value, diagnostics and, with `trace`, the rules. `plain=False` keeps FEEL's values."""

        def work(run: Run) -> Any:
            node = self._decisions.get(decision)
            if node is None:
                raise FeelError(f"there is no decision {decision!r}", "name")
            return Frame(run, input_values(self.input_nodes(), inputs or {}, run)).value(node)

        return self._result(work, trace, plain, limits)

    def explain_service(
        self,
        service: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        trace: bool = False,
        plain: bool = True,
        limits: Limits = DEFAULT,
    ) -> Result:
        def work(run: Run) -> Any:
            function = self.functions.get(service)
            if not isinstance(function, DefinedFunction):
                raise FeelError(f"there is no decision service {service!r}", "name")
            nodes = [(Node(p.name, "", p.type), "") for p in function.parameters]
            values = {
                node.name: value for node, value in input_values(nodes, inputs or {}, run).items()
            }
            return function.call(run, [values.get(p.name) for p in function.parameters])

        return self._result(work, trace, plain, limits)

    def _result(
        self, work: Callable[[Run], Any], trace: bool, plain: bool, limits: Limits
    ) -> Result:
        run = Run(limits, Trace() if trace else None)
        value = guarded(lambda: to_python(work(run)) if plain else work(run), run)
        return Result(value, tuple(run.diagnostics), run.trace)

    def input_nodes(self) -> list[tuple[Node, str]]:
        """Every input with the prefix it is given under, imported ones too."""
        found: list[tuple[Node, str]] = [(node, "") for node in self._inputs]
        for prefix, model in self.imported:
            for node, inner in model.input_nodes():
                found.append((node, ".".join(part for part in (prefix, inner) if part)))
        return found

    def member_names(self) -> Iterator[str]:
        """Names an importing model may write behind the name of the import."""
        for node in self.nodes.values():
            yield node.name
        yield from self.functions
        yield from self.types.members()
        for _prefix, model in self.imported:
            yield from model.member_names()

    def to_xml(self) -> str:
        """The model as DMN 1.5; read again it is equal."""
        return namespaces.write(self.definitions)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.definitions == other.definitions

    __hash__ = None  # type: ignore[assignment]


def _by_name(nodes: Iterable[Node], kind: type[DecisionNode]) -> dict[str, DecisionNode]:
    found: dict[str, DecisionNode] = {}
    for node in nodes:
        if isinstance(node, kind):
            found.setdefault(node.element.name, node)
            found.setdefault(node.name, node)
    return found
