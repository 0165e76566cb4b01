"""The parser's place in the text, and the small steps every rule takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from pengcheng.kit.feel.errors import FeelSyntaxError
from pengcheng.kit.feel.limits import DEFAULT
from pengcheng.kit.feel.syntax.lexer import KEYWORDS, Token, tokenize
from pengcheng.kit.feel.syntax.names import Names
from pengcheng.kit.feel.syntax.nodes import Node
from pengcheng.kit.feel.types import FeelType

_MOST_READINGS = 10
TypeFinder = Callable[[str], "FeelType | None"]


class Cursor:
    def __init__(self, text: str, names: Names, find_type: TypeFinder) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.names = names
        self.find_type = find_type
        self.nesting = 0
        self.interval_ends = 0
        self.reread = 0  # words read more than once

    def expression(self) -> Node:
        raise NotImplementedError

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    def at(self, *texts: str) -> bool:
        token = self.token
        return token.kind in ("op", "name") and token.text in texts

    def take(self, *texts: str) -> bool:
        if self.at(*texts):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        token = self.token
        if not self.take(text):
            self.fail(f"expected {text!r}, found {token.text or 'the end'!r}")
        return token

    def fail(self, message: str) -> NoReturn:
        raise FeelSyntaxError(message, self.text, self.token.start)

    def deeper(self) -> None:
        self.nesting += 1
        if self.nesting > DEFAULT.nesting:
            self.fail("the expression is nested too deeply")

    def go_back(self, index: int) -> None:
        """Read again from an earlier place; seldom needed, and each time may double the work."""
        self.reread += max(self.index - index, 1)
        if self.reread > _MOST_READINGS * len(self.tokens):
            self.fail("the expression is too ambiguous")
        self.index = index

    def new_name(self, *stops: str) -> str:
        """A name being declared: every word up to one of the stops, spaces made single."""
        start = self.index
        if self.token.kind != "name":
            self.fail(f"expected a name, found {self.token.text or 'the end'!r}")
        while self.token.kind in ("name", "num", "op") and not self.at(*stops):
            if self.token.kind == "op" and self.token.text not in ".-/'+*":
                break
            self.index += 1
        if start == self.index:
            self.fail("expected a name")
        return self.spelled(start, self.index)

    def spelled(self, start: int, stop: int) -> str:
        parts = [self.tokens[start].text]
        for before, token in zip(
            self.tokens[start : stop - 1], self.tokens[start + 1 : stop], strict=True
        ):
            parts.append((" " if token.start > before.stop else "") + token.text)
        return "".join(parts)

    def plain_words(self) -> str:
        """Words of a name nobody declared: as many as follow each other and are no keyword."""
        start = self.index
        self.index += 1
        while self.token.kind in ("name", "num") and self.token.text not in KEYWORDS:
            self.index += 1
        return self.spelled(start, self.index)
