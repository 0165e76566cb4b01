"""From the elements of a model to the nodes of its graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pengcheng.kit.dmn import elements
from pengcheng.kit.dmn.boxed import compile_boxed, function_body, parameters_of, typed
from pengcheng.kit.dmn.environment import Environment
from pengcheng.kit.dmn.errors import Finding
from pengcheng.kit.dmn.graph import DecisionNode, Frame, InputNode, Need, Node
from pengcheng.kit.dmn.itemtypes import Types
from pengcheng.kit.feel.errors import FeelError
from pengcheng.kit.feel.expression import member_tree
from pengcheng.kit.feel.functions import DefinedFunction, Function, Parameter
from pengcheng.kit.feel.runtime import Run, Scope
from pengcheng.kit.feel.types import ANY, FeelType, FunctionOf

if TYPE_CHECKING:
    from pengcheng.kit.dmn.model import Model


class Compiler:
    """Compiles one model; imported models are compiled already."""

    def __init__(
        self,
        definitions: elements.Definitions,
        imported: Sequence[tuple[str, Model]],
        prefixes: Mapping[str, str],
    ) -> None:
        self.definitions = definitions
        self.imported = imported
        self.findings: list[Finding] = []
        self.members = member_tree()
        types = [(name, model.types) for name, model in imported]
        self.types = Types(definitions.items, types, prefixes, self.findings, self.members)
        self.nodes: dict[str, Node] = {}  # by element id
        self.functions: dict[str, Any] = {}  # what every expression may call
        callables = (*definitions.knowledge_models, *definitions.services)
        self.callable_ids = {_key(element) for element in callables}

    def compile(self) -> None:
        for name in self._member_names():
            self.members.add(name)
        for name, model in self.imported:
            for word in model.member_names():
                self.members.add(word)
            self._offer_functions(name, model)
        self.base = Environment(self.types, self.members, self.findings, self.definitions.name)
        self._declare()
        names = self._callable_names()
        self.base = self.base.with_names(names)
        for knowledge in self.definitions.knowledge_models:
            self._knowledge_model(knowledge)
        for decision in self.definitions.decisions:
            self._decision(decision)
        for service in self.definitions.services:
            self._service(service)

    def _offer_functions(self, prefix: str, model: Model) -> None:
        if prefix:
            self.functions[prefix] = dict(model.functions)
        else:
            self.functions.update(model.functions)

    def _member_names(self) -> Iterator[str]:
        yield from self.types.members()
        for decision in self.definitions.decisions:
            yield from _names_within(decision.expression)
        for model in self.definitions.knowledge_models:
            yield from _names_within(model.logic)

    def _callable_names(self) -> list[str]:
        names = [model.name for model in self.definitions.knowledge_models]
        names += [service.name for service in self.definitions.services]
        names += [variable_name(model) for model in self.definitions.knowledge_models]
        return [*names, *self.functions]

    def _declare(self) -> None:
        for data in self.definitions.inputs:
            kind = self._variable_type(data)
            self.nodes[_key(data)] = InputNode(variable_name(data), data.id, kind, data)
        for decision in self.definitions.decisions:
            kind = self._variable_type(decision)
            self.nodes[_key(decision)] = DecisionNode(
                variable_name(decision), decision.id, kind, decision, functions=self.functions
            )

    def _variable_type(self, element: Any) -> FeelType:
        variable: elements.Variable | None = element.variable
        if variable is None:
            return ANY
        return self.types.get(variable.type_ref, variable.line, element.name)

    def resolve(self, href: str) -> tuple[Model | None, str]:
        """The imported model (None for this one) and the id an `href` points to."""
        namespace, mark, identifier = href.rpartition("#")
        if not mark or namespace in ("", self.definitions.namespace):
            return None, identifier
        for _name, model in self.imported:
            if model.definitions.namespace == namespace:
                return model, identifier
        return None, ""

    def need(self, href: str, element: str, line: int) -> Need | None:
        model, identifier = self.resolve(href)
        nodes = self.nodes if model is None else model.nodes
        node = nodes.get(identifier)
        if node is None:
            self.findings.append(Finding(line, element, f"nothing has the id {href!r}"))
            return None
        prefix = next((name for name, other in self.imported if other is model), "")
        return Need(node, prefix)

    def _decision(self, decision: elements.Decision) -> None:
        node = self.nodes[_key(decision)]
        assert isinstance(node, DecisionNode)  # noqa: S101 - declared so above
        found = [
            self.need(item.decision or item.input, decision.name, item.line)
            for item in decision.information
        ]
        node.needs = tuple(need for need in found if need is not None)
        for item in decision.knowledge:
            self._check_knowledge(item, decision.name)
        environment = self.base.named(decision.name).with_names(
            need.prefix or need.node.name for need in node.needs
        )
        for need in node.needs:
            self.members.add(need.node.name)
        node.body = compile_boxed(decision.expression, environment)

    def _check_knowledge(self, item: elements.KnowledgeRequirement, owner: str) -> None:
        model, identifier = self.resolve(item.knowledge)
        known = self.callable_ids if model is None else model.callable_ids
        if identifier not in known:
            message = f"nothing that can be called has the id {item.knowledge!r}"
            self.findings.append(Finding(item.line, owner, message))

    def _knowledge_model(self, model: elements.KnowledgeModel) -> None:
        logic = model.logic or elements.FunctionDefinition()
        environment = self.base.named(model.name)
        kind = self._result_type(model)
        body = function_body(logic, environment)
        if logic.body is not None:
            body = typed(body, environment.type(logic.body.type_ref, logic.line), model.name)
        function = DefinedFunction(
            model.name,
            parameters_of(logic.parameters, environment),
            lambda run, names: _located(run, model.name, lambda: body(self._scope(names, run))),
            kind,
        )
        self._publish(model, function)

    def _result_type(self, element: Any) -> FeelType:
        """The variable of something callable says its result, or its type as a function."""
        kind = self._variable_type(element)
        return kind.result if isinstance(kind, FunctionOf) else kind

    def _publish(self, element: Any, function: Function) -> None:
        self.functions[element.name] = function
        self.functions[variable_name(element)] = function

    def _scope(self, names: dict[str, Any], run: Run) -> Scope:
        return Scope(names, run, Scope(self.functions, run))

    def _service(self, service: elements.DecisionService) -> None:
        def needed(hrefs: list[str]) -> list[Need]:
            found = (self.need(href, service.name, service.line) for href in hrefs)
            return [need for need in found if need is not None]

        outputs = tuple(need.node for need in needed(service.outputs))
        given = tuple(need.node for need in needed([*service.input_data, *service.input_decisions]))
        if not outputs:
            self.findings.append(
                Finding(service.line, service.name, "a decision service needs an output")
            )
        parameters = tuple(Parameter(node.name, node.type) for node in given)

        def body(run: Run, names: dict[str, Any]) -> Any:
            frame = Frame(run, {node: names[node.name] for node in given})
            if len(outputs) == 1:
                return frame.value(outputs[0])
            return {node.name: frame.value(node) for node in outputs}

        self._publish(
            service, DefinedFunction(service.name, parameters, body, self._result_type(service))
        )


def _located(run: Run, where: str, work: Any) -> Any:
    before, run.where = run.where, where
    try:
        return work()
    except FeelError as error:
        run.note(error.code, error.message)
        raise
    finally:
        run.where = before


def variable_name(element: Any) -> str:
    variable: elements.Variable | None = element.variable
    name = variable.name if variable is not None and variable.name else element.name
    return " ".join(name.split())


def _key(element: Any) -> str:
    """Elements are found by id; one without an id by its name, so that it can be evaluated."""
    return str(element.id or f"name:{element.name}")


def _names_within(expression: Any) -> Iterator[str]:
    """Names of entries, columns and outputs inside a boxed expression."""
    pending = [expression]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, elements.Base):
            if isinstance(item, elements.Variable | elements.OutputClause) and item.name:
                yield item.name
            pending.extend(vars(item).values())
