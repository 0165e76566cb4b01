"""Whether a rule can be kept: said field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pengcheng.domains.streams.contracts import KINDS, MOST_KEPT, MOST_SECONDS, Rule
from pengcheng.domains.streams.rules import words
from pengcheng.kernel.problems import FieldError
from pengcheng.kit.feel import FeelSyntaxError, unknown_names

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
TIMED = ("tumbling", "sliding", "session", "absence", "sequence")


def faults(rule: Rule, districts: frozenset[str] = frozenset()) -> tuple[FieldError, ...]:
    """``districts``: the codes of those there are; none where no outlines are loaded."""
    found = [*_named(rule), *_bounds(rule), *_conditions(rule)]
    if districts and rule.area and rule.area not in districts:
        found.append(FieldError("/area", "没有这个区", "There is no such district"))
    return tuple(found)


def _named(rule: Rule) -> Iterator[FieldError]:
    if not NAME.fullmatch(rule.id) or rule.id == "new":
        yield FieldError(
            "/id", "只能用小写字母、数字和连字符", "Use small letters, digits and hyphens"
        )
    for name in ("zh", "en", "entity_type", "attribute"):
        if not getattr(rule, name).strip():
            yield FieldError(f"/{name}", "请填写", "Fill this in")
    if rule.kind not in KINDS:
        yield FieldError("/kind", "没有这种规则", "There is no such kind of rule")


def _bounds(rule: Rule) -> Iterator[FieldError]:
    if rule.kind in TIMED and not 1 <= rule.seconds <= MOST_SECONDS:
        yield FieldError("/seconds", "须在 1 秒至 7 天之间", "Between 1 second and 7 days")
    if rule.kind == "count" and not 1 <= rule.number <= MOST_KEPT:
        yield FieldError("/number", "须在 1 至 5000 之间", "Between 1 and 5,000")
    for name in ("lateness", "corrections", "quiet"):
        if not 0 <= getattr(rule, name) <= MOST_SECONDS:
            yield FieldError(f"/{name}", "须在 0 秒至 7 天之间", "Between 0 seconds and 7 days")
    if not 0.0001 <= rule.false_alarms <= 0.2:
        yield FieldError("/false_alarms", "须在 0.0001 至 0.2 之间", "Between 0.0001 and 0.2")


def _conditions(rule: Rule) -> Iterator[FieldError]:
    needed = {"condition": rule.kind != "learned", "then": rule.kind == "sequence"}
    for name, must in needed.items():
        text = getattr(rule, name)
        if not text.strip():
            if must:
                yield FieldError(f"/{name}", "请填写条件", "Write the condition")
            continue
        try:
            words.compiled(text)
            strange = sorted(unknown_names(text, words.NAMES))
        except FeelSyntaxError as error:
            yield FieldError(f"/{name}", f"条件写法有误：{error}", f"Not a condition: {error}")
            continue
        if strange:
            said = ", ".join(strange)
            yield FieldError(f"/{name}", f"没有这个名称：{said}", f"Not a known word: {said}")
