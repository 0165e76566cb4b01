"""What is wrong with an expression, in Chinese: the messages of the parser, one pattern each."""

from __future__ import annotations

import re
from typing import Final

_SAID: Final = (
    (r"expected '?(.+?)'?, found 'the end'", "应为“{0}”，表达式却结束了"),
    (r"expected a name, found '(.*)'", "应为名称，却是“{0}”"),
    (r"expected '?(.+?)'?, found '(.*)'", "应为“{0}”，却是“{1}”"),
    (r"expected a name after '\.'", "“.”之后应为名称"),
    (r"expected a name", "应为名称"),
    (r"expected a string after @", "“@”之后应为文字"),
    (r"expected the end of a range", "区间没有写完"),
    (r"unexpected character '(.*)'", "不认识的字符“{0}”"),
    (r"unexpected 'end'", "表达式没有写完"),
    (r"unexpected ''", "表达式没有写完"),
    (r"unexpected '(.*)'", "此处不应出现“{0}”"),
    (r"the expression is nested too deeply", "表达式嵌套过深"),
    (r"the expression is too ambiguous", "表达式有多种读法"),
    (r"the expression is too long", "表达式过长"),
    (r"too many signs", "正负号过多"),
    (r"a context has a key twice", "上下文中有重复的键"),
    (r"unknown type '(.*)'", "没有类型“{0}”"),
)


def in_chinese(message: str) -> str:
    """The message in Chinese, or as it is where no pattern fits."""
    for pattern, words in _SAID:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return words.format(*found.groups())
    return message
