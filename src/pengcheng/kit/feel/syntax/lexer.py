"""Tokens. Names are cut into words here; which words form one name depends on the scope."""

from __future__ import annotations

import re
from typing import NamedTuple

from pengcheng.kit.feel.errors import FeelSyntaxError
from pengcheng.kit.feel.limits import DEFAULT

_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d"
    "\u180f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe"
    "\uff00-\ufffd\U00010000-\U000effff"
)
_SPACE = r"(?:[\s\u180e\u200b\ufeff]|//[^\n]*|/\*.*?\*/)+"
_TOKEN = re.compile(
    rf"(?P<space>{_SPACE})"
    r"|(?P<num>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<str>"(?:[^"\\]|\\.)*")'
    rf"|(?P<name>[{_START}][{_START}0-9\u00b7\u0300-\u036f\u203f\u2040]*)"
    r"|(?P<op>\.\.|\*\*|->|<=|>=|!=|[-+*/=<>()\[\]{},:.@'|&^%#!;$~`\\])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}

KEYWORDS = frozenset(
    "if then else for return some every satisfies and or between in instance of function "
    "external true false null".split()
)


class Token(NamedTuple):
    kind: str  # num, str, name, op, end
    text: str
    start: int
    stop: int


def tokenize(text: str) -> list[Token]:
    if len(text) > DEFAULT.expression:
        raise FeelSyntaxError("the expression is too long", "", 0)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise FeelSyntaxError(f"unexpected character {text[position]!r}", text, position)
        if found.lastgroup != "space":
            tokens.append(Token(found.lastgroup, found.group(), position, found.end()))
        position = found.end()
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def unescape(token: str) -> str:
    """The value of a string token; a pair of surrogates becomes the one character it means."""
    text = _ESCAPE.sub(_escaped, token[1:-1]) if "\\" in token else token[1:-1]
    if any("\ud800" <= char <= "\udfff" for char in text):
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _escaped(found: re.Match[str]) -> str:
    body = found.group(1)
    if len(body) > 1:
        code = int(body[1:], 16)
        return chr(code) if code < 0x110000 else found.group()
    # An unknown escape stays as written, so that patterns such as "\d+" can be typed plainly.
    return _SIMPLE.get(body, found.group())


def words(name: str) -> list[str]:
    """A declared name as the words an expression would show."""
    try:
        return [token.text for token in tokenize(name)[:-1]]
    except FeelSyntaxError:
        return []
