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
            return self._context_type()
        if name == "function":
            return self._function_type()
        self.index -= 2
        return self._named()

    def _context_type(self) -> FeelType:
        fields: dict[str, FeelType] = {}
        while not self.take(">"):
            name = self.new_name(":")
            self.expect(":")
            fields[name] = self.type_expression()
            if not self.at(">"):
                self.expect(",")
        return ContextOf(fields)

    def _function_type(self) -> FeelType:
        parameters: list[FeelType] = []
        while not self.take(">"):
            parameters.append(self.type_expression())
            if not self.at(">"):
                self.expect(",")
        self.expect("->")
        return FunctionOf(tuple(parameters), self.type_expression())

    def _named(self) -> FeelType:
        """The longest run of words that names a type."""
        last = min(_LONGEST, len(self.tokens) - 1 - self.index)
        names = (
            (count, self.spelled(self.index, self.index + count)) for count in range(last, 0, -1)
        )
        for count, name in names:
            found = self.find_type(name) or NAMED.get(name)
            if found is not None:
                self.index += count
                return found
        return self.fail(f"unknown type {self.token.text!r}")
