"""Ranges written as text, for `range("[1..5)")`: only literals may stand at the ends."""

from __future__ import annotations

import re
from typing import Any

from pengcheng.kit.feel.errors import FeelError, FeelSyntaxError
from pengcheng.kit.feel.numbers import CONTEXT
from pengcheng.kit.feel.ranges import Range
from pengcheng.kit.feel.syntax.lexer import Token, tokenize, unescape
from pengcheng.kit.feel.temporal import texts
from pengcheng.kit.feel.temporal.durations import parse_duration

_CALL = re.compile(r"(date and time|date|time|duration)\s*\(\s*(\"(?:[^\"\\]|\\.)*\")\s*\)")
_READERS = {
    "date": texts.parse_date,
    "time": texts.parse_time,
    "date and time": texts.parse_date_time,
    "duration": parse_duration,
}


def parse_range(text: str) -> Range:
    text = text.strip()
    if len(text) < 4 or text[0] not in "[(]" or text[-1] not in "])[":
        raise FeelError("the text is not a range")
    body = text[1:-1]
    split = _dots(body)
    low, high = _end(body[:split]), _end(body[split + 2 :])
    low_closed, high_closed = text[0] == "[", text[-1] == "]"
    if low is None and high is None:
        raise FeelError("a range needs at least one end")
    if low is not None and high is not None:
        if type(low) is not type(high):
            raise FeelError("the ends of a range are of different kinds")
        return Range(low, high, low_closed, high_closed)
    if (low is None and low_closed) or (high is None and high_closed):
        raise FeelError("a closed end of a range cannot be left out")
    if low is None:
        return Range.of_operator("<=" if high_closed else "<", high)
    return Range.of_operator(">=" if low_closed else ">", low)


def _dots(body: str) -> int:
    """Where the two dots are; they may not be inside a text."""
    for token in _tokens(body):
        if token.text == "..":
            return token.start
    raise FeelError("the text is not a range")


def _tokens(body: str) -> list[Token]:
    try:
        return tokenize(body)
    except FeelSyntaxError as error:
        raise FeelError("the text is not a range") from error


def _end(text: str) -> Any:
    text = text.strip()
    if not text:
        return None
    call = _CALL.fullmatch(text)
    if call is not None:
        return _value(_READERS[call.group(1)](unescape(call.group(2))))
    tokens = _tokens(text)[:-1]
    kinds = [token.kind for token in tokens]
    if kinds == ["num"]:
        return CONTEXT.create_decimal(tokens[0].text)
    if kinds == ["op", "num"] and tokens[0].text == "-":
        return -CONTEXT.create_decimal(tokens[1].text)
    if kinds == ["str"]:
        return unescape(tokens[0].text)
    if kinds == ["op", "str"] and tokens[0].text == "@":
        return _value(texts.parse_at_literal(unescape(tokens[1].text)))
    raise FeelError("only literals may stand at the ends of a range")


def _value(value: Any) -> Any:
    if value is None:
        raise FeelError("an end of the range has no value")
    return value
