"""Why a model is refused, in Chinese."""

from __future__ import annotations

import re
from typing import Final

from pengcheng.kit.dmn.errors import Finding

_SAID: Final = (
    (r"the document is too large or nested too deeply", "元素过多或嵌套过深"),
    (r"the model is nested too deeply", "模型嵌套过深"),
    (r"a document type is not allowed here", "不接受文档类型声明和实体"),
    (r"the file is larger than (\d+) MB", "文件大于 {0} MB"),
    (r"the text encoding is not known", "文字编码无法识别"),
    (r"the document is empty", "文件是空的"),
    (r"this is not a DMN model of versions 1\.1 to 1\.5", "这不是 DMN 1.1 至 1.5 版的模型"),
    (r"the imported model (.*) is missing", "缺少所引用的模型 {0}"),
    (r"there is no decision '(.*)'", "没有决策“{0}”"),
    (r"nothing has the id '(.*)'", "没有编号为“{0}”的元素"),
    (r"unknown type '(.*)'", "没有类型“{0}”"),
    (r"the file has no decision", "文件中没有决策"),
    (r"the decision has no logic", "决策没有内容"),
    (r"the decision needs itself: (.*)", "决策依赖自身：{0}"),
)


def said(finding: Finding, language: str) -> str:
    """The finding as a sentence in the reader's language."""
    if language.startswith("en"):
        place = f"Line {finding.line}, " if finding.line else ""
        return f"{place}{finding.element}: {finding.message}"
    place = f"第{finding.line}行，" if finding.line else ""
    return f"{place}{finding.element}：{_message(finding)}"


def _message(finding: Finding) -> str:
    for pattern, words in _SAID:
        found = re.fullmatch(pattern, finding.message, re.DOTALL)
        if found:
            return words.format(*found.groups())
    if finding.element == "XML":
        return f"不是正确的 XML（{finding.message}）"
    return finding.message
