"""Item definitions as types, with what they allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pengcheng.kit.dmn.elements import ItemDefinition, Tests
from pengcheng.kit.dmn.environment import Environment
from pengcheng.kit.dmn.errors import Finding
from pengcheng.kit.feel.compiler import Test, compile_node
from pengcheng.kit.feel.errors import FeelError, FeelSyntaxError
from pengcheng.kit.feel.runtime import Run, Scope
from pengcheng.kit.feel.syntax.names import Names, NameTree
from pengcheng.kit.feel.syntax.parser import parse_unary_tests
from pengcheng.kit.feel.types import (
    ANY,
    NAMED,
    Constrained,
    ContextOf,
    FeelType,
    FunctionOf,
    ListOf,
)

_DEEPEST = 40


class Deferred(FeelType):
    """A type by name, looked up when it is used, so that definitions may refer to themselves."""

    __slots__ = ("name", "types")

    def __init__(self, name: str, types: Types) -> None:
        self.name = name
        self.types = types

    def holds(self, value: Any) -> bool:
        return self.types.built(self.name).holds(value)

    def convert(self, value: Any) -> Any:
        return self.types.built(self.name).convert(value)

    def __str__(self) -> str:
        return self.name


class Types:
    """The types of one model; those of imported models go by their prefix."""

    def __init__(
        self,
        items: list[ItemDefinition],
        imported: Sequence[tuple[str, Types]],
        prefixes: Mapping[str, str],
        findings: list[Finding],
        members: NameTree,
    ) -> None:
        self.items = {item.name: item for item in items}
        self.imported = imported
        self.prefixes = prefixes  # of the file, to names of imports
        self.environment = Environment(self, members, findings, "itemDefinition")
        self._built: dict[str, FeelType] = {}
        self._building: set[str] = set()

    def get(self, reference: str, line: int = 0, element: str = "") -> FeelType:
        """The type a `typeRef` means; an unknown one is Any and a finding."""
        reference = " ".join(reference.split())
        if not reference:
            return ANY
        found = self.find(reference) or NAMED.get(reference)
        if found is None:
            message = f"unknown type {reference!r}"
            self.environment.findings.append(Finding(line, element or "typeRef", message))
            return ANY
        return found

    def find(self, name: str) -> FeelType | None:
        """A defined type; `prefix.name`, or `prefix:name` as DMN 1.1 writes it."""
        if name in self.items:
            return Deferred(name, self) if name in self._building else self.built(name)
        if ":" in name:
            prefix, _, local = name.partition(":")
            owner = self.prefixes.get(prefix)
            name = f"{owner}.{local}" if owner else local
            return self.find(name) or NAMED.get(name)
        for prefix, types in self.imported:
            if not prefix or name.startswith(prefix + "."):
                found = types.find(name[len(prefix) + 1 :] if prefix else name)
                if found is not None:
                    return found
        return None

    def built(self, name: str) -> FeelType:
        if name not in self._built:
            if len(self._building) > _DEEPEST:
                raise FeelError("item definitions are nested too deeply")
            self._building.add(name)
            self._built[name] = self._build(self.items[name], name)
            self._building.discard(name)
        return self._built[name]

    def _build(self, item: ItemDefinition, name: str) -> FeelType:
        kind = self._constrained(self._shape(item), item.allowed, name)
        if item.collection:
            kind = ListOf(kind)
        return self._constrained(kind, item.constraint, name)

    def _shape(self, item: ItemDefinition) -> FeelType:
        if item.components:
            return ContextOf({part.name: self._build(part, part.name) for part in item.components})
        if item.function is not None:
            parameters = tuple(
                self.get(parameter.type_ref, parameter.line)
                for parameter in item.function.parameters
            )
            return FunctionOf(parameters, self.get(item.function.output, item.line))
        return self.get(item.type_ref, item.line, item.name)

    def _constrained(self, kind: FeelType, tests: Tests | None, name: str) -> FeelType:
        if tests is None or not tests.text.strip():
            return kind
        test = self.environment.named(name).tests(tests.text, tests.line)
        return kind if test is None else Constrained(kind, _allows(test), name)

    def listed(self, reference: str) -> list[Any]:
        """The values a type lists as allowed, in order; empty when it lists none."""
        item = self.items.get(reference)
        if item is None or item.allowed is None:
            return []
        return listed_values(item.allowed.text, self.environment)

    def members(self) -> Iterator[str]:
        """Every name that may stand behind a dot."""
        pending = list(self.items.values())
        while pending:
            item = pending.pop()
            yield item.name
            pending.extend(item.components)


def _allows(test: Test) -> Any:
    def allows(value: Any) -> bool:
        return test(Scope({}, Run()), value) is True

    return allows


def listed_values(text: str, environment: Environment) -> list[Any]:
    """The values of a list of tests such as `"low", "high"`."""
    try:
        tests = parse_unary_tests(text, Names(()), environment.types.find).tests
    except FeelSyntaxError:
        return []
    scope = Scope({}, Run())
    return [compile_node(test)(scope) for test in tests]
