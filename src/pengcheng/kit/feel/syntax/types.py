"""Types as they are written: `list<number>`, `context<a: string>`, `function<number>->Any`."""

from __future__ import annotations

from pengcheng.kit.feel.syntax.cursor import Cursor
from pengcheng.kit.feel.types import (
    NAMED,
    ContextOf,
    FeelType,
    FunctionOf,
    ListOf,
    RangeOf,
)

_LONGEST = 12  # words of a type's name


class TypeGrammar(Cursor):
    def type_expression(self) -> FeelType:
        self.deeper()
        found = self._generic() if self.peek().text == "<" else self._named()
        self.nesting -= 1
        return found

    def _generic(self) -> FeelType:
        name = self.token.text
        self.index += 2
        if name in ("list", "range"):
            item = self.type_expression()
            self.expect(">")
            return ListOf(item) if name == "list" else RangeOf(item)
        if name == "context":
            return self._context()
        if name == "function":
            return self._function()
        self.index -= 2
        return self._named()

    def _context(self) -> FeelType:
        fields: dict[str, FeelType] = {}
        while not self.take(">"):
            name = self.new_name(":")
            self.expect(":")
            fields[name] = self.type_expression()
            if not self.at(">"):
                self.expect(",")
        return ContextOf(fields)

    def _function(self) -> FeelType:
        parameters: list[FeelType] = []
        while not self.take(">"):
            parameters.append(self.type_expression())
            if not self.at(">"):
                self.expect(",")
        self.expect("->")
        return FunctionOf(tuple(parameters), self.type_expression())

    def _named(self) -> FeelType:
        """The longest run of words that names a type."""
        for count in range(_LONGEST, 0, -1):
            stop = self.index + count
            if stop >= len(self.tokens):
                continue
            name = self.spelled(self.index, stop)
            found = self.find_type(name) or NAMED.get(name)
            if found is not None:
                self.index = stop
                return found
        self.fail(f"unknown type {self.token.text!r}")
