"""Compile time: what an expression may name at the place where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pengcheng.kit.dmn.errors import Finding
from pengcheng.kit.feel import builtins
from pengcheng.kit.feel.compiler import Test, compile_node, compile_unary_tests
from pengcheng.kit.feel.errors import FeelSyntaxError
from pengcheng.kit.feel.runtime import Closure, Scope
from pengcheng.kit.feel.syntax.names import Names, NameTree
from pengcheng.kit.feel.syntax.nodes import Node
from pengcheng.kit.feel.syntax.parser import parse_expression, parse_unary_tests
from pengcheng.kit.feel.types import FeelType

if TYPE_CHECKING:
    from pengcheng.kit.dmn.itemtypes import Types


@dataclass(frozen=True)
class Environment:
    """`element` is the decision or knowledge model being compiled, for findings."""

    types: Types
    members: NameTree
    findings: list[Finding]
    element: str
    scopes: tuple[NameTree, ...] = (builtins.NAMES,)

    def with_names(self, names: Iterable[str]) -> Environment:
        return replace(self, scopes=(*self.scopes, NameTree(names)))

    def named(self, element: str) -> Environment:
        return replace(self, element=element)

    def found(self, line: int, message: str) -> None:
        self.findings.append(Finding(line, self.element, message))

    def scope(self) -> Names:
        return Names(self.scopes, self.members)

    def node(self, text: str, line: int) -> Node | None:
        try:
            return parse_expression(text, self.scope(), self.types.find)
        except FeelSyntaxError as error:
            self.found(line, f"{error} in {_short(text)}")
            return None

    def expression(self, text: str, line: int) -> Closure:
        """An expression that is not FEEL gives null each time it is asked, and a finding now."""
        node = self.node(text, line)
        if node is None:
            return broken(f"the expression {_short(text)} is not FEEL")
        try:
            return compile_node(node)
        except RecursionError:
            self.found(line, "the expression is nested too deeply")
            return broken("the expression is nested too deeply")

    def tests(self, text: str, line: int) -> Test | None:
        """Tests that are not FEEL hold for nothing."""
        if not text.strip():
            return None
        try:
            tests = parse_unary_tests(text, self.with_question(), self.types.find)
            return compile_unary_tests(tests)
        except (FeelSyntaxError, RecursionError) as error:
            self.found(line, f"{error} in {_short(text)}")
            message = f"the test {_short(text)} is not FEEL"
            return lambda scope, value: scope.run.note("syntax", message)

    def with_question(self) -> Names:
        names = self.scope()
        names.push("?")
        return names

    def type(self, reference: str, line: int) -> FeelType:
        return self.types.get(reference, line, self.element)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else text[:57] + "…")


def broken(message: str) -> Closure:
    def closure(scope: Scope) -> None:
        scope.run.note("syntax", message)

    return closure
