"""What two definitions say differently, part by part, in words for officials."""

from collections.abc import Iterator
from typing import Any

import msgspec

from pengcheng.domains.casework.contracts import (
    DecisionModel,
    Definition,
    Label,
    ProcessStep,
)
from pengcheng.domains.casework.contracts.studio import Difference
from pengcheng.domains.casework.rules.drafting import decisions, steps_of
from pengcheng.kit import dmn
from pengcheng.kit.dmn import grid

NOTHING = Label("", "")
_FIELDS = {
    "title": Label("名称", "Title"),
    "candidate_group": Label("办理组", "Group"),
    "department": Label("部门", "Department"),
    "department_en": Label("部门（英文）", "Department (English)"),
    "legal_basis": Label("法律依据", "Legal basis"),
}
_CLOCK = {
    "days": Label("承诺工作日", "Working days promised"),
    "warn_days": Label("提前提醒天数", "Days of warning"),
    "appeal_within_days": Label("可申请复核的天数", "Days to appeal"),
    "appeal_days": Label("复核工作日", "Working days of an appeal"),
}
STEP_FIELDS = {
    "label": Label("名称", "name"),
    "kind": Label("类型", "kind"),
    "group": Label("办理组", "group"),
    "office": Label("对外称呼", "public name"),
    "days": Label("工作日", "working days"),
    "warn_days": Label("提前提醒天数", "days of warning"),
    "after": Label("前序步骤", "after"),
    "when": Label("条件", "condition"),
    "decision": Label("决策", "decision"),
    "inputs": Label("决策输入", "inputs"),
    "message": Label("消息", "message"),
    "child": Label("子办件事项", "child item"),
    "text": Label("告知内容", "words"),
    "outcomes": Label("可选结果", "outcomes"),
}


def between(old: Definition, new: Definition) -> tuple[Difference, ...]:
    """From the old to the new; empty when a case would notice nothing."""
    return tuple([*_plain(old, new), *_form(old, new), *_steps(old, new), *_decisions(old, new)])


def _plain(old: Definition, new: Definition) -> Iterator[Difference]:
    yield from _fields(old, new, _FIELDS)
    yield from _fields(old.clock, new.clock, _CLOCK)
    before = {notice.state.value: notice.text for notice in old.notices}
    after = {notice.state.value: notice.text for notice in new.notices}
    for state in dict.fromkeys([*before, *after]):
        part = Label(f"通知（{state}）", f"Notice ({state})")
        yield from _changed(part, before.get(state), after.get(state))


def _fields(old: object, new: object, names: dict[str, Label]) -> Iterator[Difference]:
    for name, part in names.items():
        yield from _changed(part, getattr(old, name), getattr(new, name))


def _changed(part: Label, before: Any, after: Any) -> Iterator[Difference]:
    if before != after:
        yield Difference(part=part, before=said(before), after=said(after))


def said(value: Any) -> Label:
    """A value as words in both languages."""
    if value is None or value == "" or value == ():
        return NOTHING
    if isinstance(value, Label):
        return value
    if isinstance(value, tuple):
        each = [said(item) for item in value]
        return Label("、".join(one.zh for one in each), ", ".join(one.en for one in each))
    if isinstance(value, msgspec.Struct):
        first, second = (getattr(value, name) for name in value.__struct_fields__[:2])
        return Label(f"{first}：{said(second).zh}", f"{first}: {said(second).en}")
    return Label(str(value), str(value))


def _form(old: Definition, new: Definition) -> Iterator[Difference]:
    before = {field.key: field for field in old.form}
    after = {field.key: field for field in new.form}
    for key in dict.fromkeys([*before, *after]):
        one, two = before.get(key), after.get(key)
        if one != two:
            yield Difference(
                part=Label(f"表单问题“{key}”", f"Question {key}"),
                before=one.label if one else NOTHING,
                after=two.label if two else NOTHING,
            )
    if old.sheet != new.sheet and [f.key for f in old.form] == [f.key for f in new.form]:
        part = Label("表单内容", "The form sheet")
        yield Difference(part=part, before=NOTHING, after=Label("有改动", "changed"))


# --- steps ------------------------------------------------------------------------------


def _steps(old: Definition, new: Definition) -> Iterator[Difference]:
    before = {step.id: step for step in steps_of(old)}
    after = {step.id: step for step in steps_of(new)}
    for step_id in dict.fromkeys([*before, *after]):
        one, two = before.get(step_id), after.get(step_id)
        if one is None or two is None:
            part = Label(f"步骤“{step_id}”", f"Step {step_id}")
            yield Difference(
                part=part, before=one.label if one else NOTHING, after=two.label if two else NOTHING
            )
        else:
            yield from _step(one, two)


def _step(one: ProcessStep, two: ProcessStep) -> Iterator[Difference]:
    for name, word in STEP_FIELDS.items():
        part = Label(f"步骤“{one.id}”的{word.zh}", f"Step {one.id}: {word.en}")
        yield from _changed(part, getattr(one, name), getattr(two, name))


# --- decisions --------------------------------------------------------------------------


def _decisions(old: Definition, new: Definition) -> Iterator[Difference]:
    before = {model.name: model for model in decisions(old).values()}
    after = {model.name: model for model in decisions(new).values()}
    for name in dict.fromkeys([*before, *after]):
        one, two = before.get(name), after.get(name)
        part = Label(f"决策“{name}”", f"Decision {name}")
        if one is None or two is None:
            there = Label("有", "there")
            yield Difference(
                part=part, before=there if one else NOTHING, after=there if two else NOTHING
            )
        elif one.sha256 != two.sha256:
            yield from _tables(part, one, two)
        if one is not None and two is not None:
            yield from _changed(_of(part, "规则说明", "words"), one.words, two.words)
            yield from _changed(_of(part, "输入来源", "inputs"), one.inputs, two.inputs)


def _of(part: Label, zh: str, en: str) -> Label:
    return Label(f"{part.zh}的{zh}", f"{part.en}: {en}")


def _tables(part: Label, one: DecisionModel, two: DecisionModel) -> Iterator[Difference]:
    before, after = _grid(one), _grid(two)
    if before is None or after is None:
        yield Difference(part=part, before=NOTHING, after=Label("有改动", "changed"))
        return
    found = [
        *_changed(_of(part, "命中策略", "hit policy"), before.policy, after.policy),
        *_listed(part, ("输入", "input"), _inputs(before), _inputs(after)),
        *_listed(part, ("输出", "output"), _outputs(before), _outputs(after)),
        *_listed(part, ("规则", "rule"), _rows(before), _rows(after)),
    ]
    # Same cells, other bytes: the file was written anew, and no case would notice.
    yield from found


def _grid(model: DecisionModel) -> grid.Grid | None:
    try:
        return grid.read(model.dmn, model.name)
    except dmn.ModelError:
        return None


def _inputs(table: grid.Grid) -> list[str]:
    return [_joined(c.expression, c.type, c.values) for c in table.inputs]


def _outputs(table: grid.Grid) -> list[str]:
    return [_joined(c.name or c.label, c.type, c.values, c.default) for c in table.outputs]


def _rows(table: grid.Grid) -> list[str]:
    return [" | ".join(row.inputs) + " → " + " | ".join(row.outputs) for row in table.rows]


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _listed(
    part: Label, word: tuple[str, str], before: list[str], after: list[str]
) -> Iterator[Difference]:
    """Lines that are only in one of the two; beside each other where as many went as came."""
    gone = [(n, text) for n, text in enumerate(before, 1) if text not in after]
    come = [(n, text) for n, text in enumerate(after, 1) if text not in before]
    for place in range(max(len(gone), len(come))):
        one = gone[place] if place < len(gone) else None
        two = come[place] if place < len(come) else None
        number = (two or one or (0, ""))[0]
        label = _of(part, f"{word[0]}{number}", f"{word[1]} {number}")
        yield Difference(
            part=label, before=said(one[1] if one else ""), after=said(two[1] if two else "")
        )
    if not gone and not come and before != after:
        yield Difference(
            part=_of(part, f"{word[0]}的次序", f"order of {word[1]}s"),
            before=NOTHING,
            after=Label("有改动", "changed"),
        )
