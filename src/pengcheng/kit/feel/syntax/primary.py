"""The innermost rules: literals, names, brackets of every kind, function definitions."""

from __future__ import annotations

from pengcheng.kit.feel import numbers
from pengcheng.kit.feel.errors import FeelSyntaxError
from pengcheng.kit.feel.syntax.lexer import KEYWORDS, unescape
from pengcheng.kit.feel.syntax.nodes import (
    BadLiteral,
    ContextNode,
    FunctionNode,
    Interval,
    ListNode,
    Literal,
    Name,
    Node,
    OperatorRange,
)
from pengcheng.kit.feel.syntax.types import TypeGrammar
from pengcheng.kit.feel.temporal.texts import parse_at_literal
from pengcheng.kit.feel.types import ANY, FeelType

COMPARATORS = ("<=", ">=", "!=", "<", ">", "=")
_CONSTANTS = {"true": True, "false": False, "null": None}


class PrimaryGrammar(TypeGrammar):
    def additive(self) -> Node:
        raise NotImplementedError

    def compound(self) -> Node | None:
        """`if`, `for`, `some`, `every`; None when the text is none of them."""
        raise NotImplementedError

    def primary(self) -> Node:
        token = self.token
        if token.kind == "num":
            self.index += 1
            return Literal(numbers.from_text(token.text))
        if token.kind == "str":
            self.index += 1
            return Literal(unescape(token.text))
        if token.kind == "name":
            return self._word()
        return self._bracket()

    def _bracket(self) -> Node:
        self.deeper()
        if self.at("("):
            node = self._parenthesis()
        elif self.at("["):
            node = self._list_or_interval()
        elif self.at("{"):
            node = self._context_literal()
        elif self.take("]"):
            node = self.interval_from(self.additive(), False)
        elif self.take("@"):
            node = self._at_literal()
        else:
            self.fail(f"unexpected {self.token.text or 'end'!r}")
        self.nesting -= 1
        return node

    def _word(self) -> Node:
        """A declared name of several words beats a keyword it begins with."""
        text = self.token.text
        known = self.names.longest(self.tokens, self.index)
        if known is None or (known[1] == self.index + 1 and text in KEYWORDS):
            special = self._special(text)
            if special is not None:
                return special
            known = self.names.longest(self.tokens, self.index, members=True)
        if known is not None and not (known[1] == self.index + 1 and text in KEYWORDS):
            self.index = known[1]
            return Name(known[0])
        if text in KEYWORDS:
            self.fail(f"unexpected {text!r}")
        self.index += 1
        return Name(text)

    def _special(self, text: str) -> Node | None:
        if text in _CONSTANTS:
            self.index += 1
            return Literal(_CONSTANTS[text])
        if text == "function" and self.peek().text == "(":
            return self._function()
        return self.compound()

    def _at_literal(self) -> Node:
        token = self.token
        if token.kind != "str":
            self.fail("expected a string after @")
        self.index += 1
        text = unescape(token.text)
        value = parse_at_literal(text)
        return BadLiteral(text) if value is None else Literal(value)

    def _parenthesis(self) -> Node:
        self.expect("(")
        if self.at(*COMPARATORS):
            node: Node = self.operator_range()
            self.expect(")")
            return node
        node = self.expression()
        if self.at(".."):
            return self.interval_from(node, False)
        self.expect(")")
        return node

    def operator_range(self) -> OperatorRange:
        operator = self.token.text
        self.index += 1
        return OperatorRange(operator, self.additive())

    def interval_from(self, low: Node, low_closed: bool) -> Interval:
        """The rest of a range whose low end is read."""
        self.expect("..")
        self.interval_ends += 1
        high = self.additive()
        self.interval_ends -= 1
        if not self.at("]", ")", "["):
            self.fail("expected the end of a range")
        closed = self.at("]")
        self.index += 1
        return Interval(low, high, low_closed, closed)

    def _list_or_interval(self) -> Node:
        self.expect("[")
        if self.take("]"):
            return ListNode(())
        outer, self.interval_ends = self.interval_ends, 0
        items = [self.element()]
        if self.at(".."):
            self.interval_ends = outer
            return self.interval_from(items[0], True)
        while self.take(","):
            items.append(self.element())
        self.expect("]")
        self.interval_ends = outer
        return ListNode(tuple(items))

    def element(self) -> Node:
        return self.operator_range() if self.at(*COMPARATORS) else self.expression()

    def _context_literal(self) -> Node:
        self.expect("{")
        outer, self.interval_ends = self.interval_ends, 0
        entries: list[tuple[str, Node]] = []
        self.names.push()
        try:
            while not self.take("}"):
                entries.append(self._entry())
                if not self.at("}"):
                    self.expect(",")
        finally:
            self.names.pop()
        self.interval_ends = outer
        if len({key for key, _ in entries}) < len(entries):
            raise FeelSyntaxError("a context has a key twice", self.text, self.token.start)
        return ContextNode(tuple(entries))

    def _entry(self) -> tuple[str, Node]:
        token = self.token
        if token.kind == "str":
            self.index += 1
            key = unescape(token.text)
        else:
            key = self.new_name(":")
        self.expect(":")
        value = self.expression()
        self.names.add(key)
        self.names.members.add(key)
        return key, value

    def _function(self) -> Node:
        self.index += 1
        self.expect("(")
        parameters: list[tuple[str, FeelType]] = []
        while not self.take(")"):
            name = self.new_name(":", ",", ")")
            parameters.append((name, self.type_expression() if self.take(":") else ANY))
            if not self.at(")"):
                self.expect(",")
        external = self.take("external")
        self.names.push(*(name for name, _ in parameters))
        try:
            body = self.expression()
        finally:
            self.names.pop()
        return FunctionNode(tuple(parameters), body, external)
