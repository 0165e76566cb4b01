"""Names may hold spaces and operators; the longest one in scope wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pengcheng.kit.feel.syntax.lexer import Token, words

_END = ""  # key of a tree's node that says: a name ends here


class NameTree:
    """Declared names, word by word."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._root: dict[str, Any] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        node = self._root
        parts = words(name)
        if not parts:
            return
        for word in parts:
            node = node.setdefault(word, {})
        node[_END] = name

    def longest(self, tokens: Sequence[Token], start: int) -> tuple[str, int] | None:
        """The longest declared name that begins at a token, and where it ends."""
        node: dict[str, Any] | None = self._root
        best: tuple[str, int] | None = None
        index = start
        while node is not None:
            if _END in node:
                best = (node[_END], index)
            token = tokens[index]
            node = None if token.kind in ("str", "end") else node.get(token.text)
            index += 1
        return best


class Names:
    """The scopes of a parse: innermost last; `members` are names known only behind a dot.

    The trees given may be shared by many parses: names are added only to scopes pushed here.
    """

    def __init__(self, scopes: Iterable[NameTree], members: NameTree | None = None) -> None:
        self._scopes = list(scopes)
        self.members = members or NameTree()

    def push(self, *names: str) -> None:
        self._scopes.append(NameTree(names))

    def pop(self) -> None:
        self._scopes.pop()

    def add(self, name: str) -> None:
        self._scopes[-1].add(name)

    def longest(
        self, tokens: Sequence[Token], start: int, members: bool = False
    ) -> tuple[str, int] | None:
        trees = [*self._scopes, self.members] if members else self._scopes
        found = [match for tree in reversed(trees) if (match := tree.longest(tokens, start))]
        return max(found, key=lambda match: match[1], default=None)
