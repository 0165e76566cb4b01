"""What is wrong with a form, in Chinese."""

from __future__ import annotations

import re
from typing import Final

_SAID: Final = (
    (r"the id is used twice", "编号重复"),
    (r"an id has letters.*", "编号只能包含字母、数字、- 和 _，并以字母开头，最多 40 个字符"),
    (r"the title is missing in one language", "标题须有中英文"),
    (r"the label is missing in one language", "名称须有中英文"),
    (r"a group's id is a question's id too", "分组编号与问题编号重复"),
    (r"a group has from 0 to 100 members.*", "分组可有 0 至 100 项，最少项数不得大于最多项数"),
    (r"there is no list '(.*)'", "没有选项列表“{0}”"),
    (r"a choice needs two options or more", "选择题至少要有两个选项"),
    (r"two options have the same value", "有两个选项的值相同"),
    (r"the minimum is above the maximum", "最小值大于最大值"),
    (r"a text has from 1 to 10000 characters", "文字长度应为 1 至 10000 字"),
    (r"this kind cannot come from a register", "该类问题不能取自登记库"),
    (r"what a register knows cannot be asked in a group", "分组内不能使用登记信息"),
    (r"a computed value needs a formula", "计算值须有公式"),
    (r"the pattern is too long", "格式过长"),
    (r"the pattern is not a regular expression", "格式不是正确的正则表达式"),
    (r"the message of a check is missing in one language", "校验提示须有中英文"),
    (r"its condition asks '(.*)', which .*", "条件用到“{0}”，但前面没有这个问题"),
    (r"it asks '(.*)', which no earlier page.*", "表达式用到“{0}”，但前面没有这个问题"),
    (r"a list needs two options or more, or a source", "列表至少要有两个选项，或注明来源"),
    (r"each page belongs to one section", "每一页须属于一个部分"),
    (r"sections and pages stand in the same order", "各部分与页面的顺序须一致"),
    (r"there is no page '(.*)'", "没有页面“{0}”"),
    (r"it waits for '(.*)', which no earlier section is", "须等待的部分“{0}”不在其前"),
    (r"the expression is nested too deeply", "表达式嵌套过深"),
    (r"unexpected 'end' \(line (\d+), column (\d+)\)", "表达式不完整（第 {0} 行第 {1} 列）"),
    (r"unexpected '(.*)' \(line (\d+), column (\d+)\)", "第 {1} 行第 {2} 列的“{0}”不应出现在此"),
    (r"(.*) \(line (\d+), column (\d+)\)", "表达式有误（第 {1} 行第 {2} 列：{0}）"),
)


def said(message: str, language: str) -> str:
    """The message of a fault in the reader's language."""
    if language.startswith("en"):
        return message[:1].upper() + message[1:] + "."
    for pattern, words in _SAID:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return words.format(*found.groups()) + "。"
    return message
