"""Why a bundle cannot be published: each fault with the step and the field it stands in."""

import re
from collections.abc import Iterator

from pengcheng.domains.casework.contracts import Definition, Label, ProcessStep
from pengcheng.domains.casework.rules import decision_models, seal, sheet
from pengcheng.domains.casework.rules.order import before, order_faults
from pengcheng.kernel.problems import FieldError
from pengcheng.kit.feel import FeelSyntaxError, unknown_names

ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
GIVEN = ("today",)
"""Names that every expression of a process knows besides answers and results."""


def faults(definition: Definition, *, published: bool = True) -> tuple[FieldError, ...]:
    """All of them. Only what is published must hold every model as bytes that load."""
    found = [*_plain(definition), *_process(definition)]
    if published:
        found += decision_models.faults(definition)
        found += sheet.faults(definition.sheet)
    return tuple(found)


def _plain(definition: Definition) -> Iterator[FieldError]:
    if definition.clock.days < 0 or definition.clock.appeal_days < 1:
        yield FieldError("/clock", "时限须为正数", "Time limits must not be negative")
    if not definition.candidate_group:
        yield FieldError("/candidate_group", "须有办理组", "A candidate group is needed")
    if not _told(definition.title):
        yield FieldError("/title", "须有中英文名称", "Titles in both languages are needed")
    model = definition.decision
    if model and model.dmn and seal.digest(model.dmn) != model.sha256:
        yield FieldError("/decision/sha256", "与决策表不符", "Does not fit the DMN bytes")


def _told(label: Label | None) -> bool:
    return label is not None and bool(label.zh.strip() and label.en.strip())


# --- the step table ---------------------------------------------------------------------


def _process(definition: Definition) -> Iterator[FieldError]:
    if definition.process is None:
        return
    steps = definition.process.steps
    if not steps:
        yield FieldError("/process/steps", "流程没有步骤", "The process has no steps")
    yield from _ids(definition)
    yield from order_faults(steps)
    for place, step in enumerate(steps):
        for field, zh, en in _step(definition, step):
            yield fault(place, step, field, zh, en)


def fault(place: int, step: ProcessStep, field: str, zh: str, en: str) -> FieldError:
    name = step.id or str(place + 1)
    return FieldError(f"/process/steps/{place}/{field}", f"步骤“{name}”：{zh}", f"{name}: {en}")


Fault = tuple[str, str, str]


def _ids(definition: Definition) -> Iterator[FieldError]:
    assert definition.process is not None  # noqa: S101 — asked by the caller
    seen = {each.key for each in definition.form} | set(GIVEN)
    for place, step in enumerate(definition.process.steps):
        if not ID.fullmatch(step.id):
            yield fault(place, step, "id", "编号须以字母开头", "An id begins with a letter")
        if step.id in seen:
            yield fault(place, step, "id", "编号已被使用", "This id is already in use")
        seen.add(step.id)


def _step(definition: Definition, step: ProcessStep) -> Iterator[Fault]:
    if not _told(step.label):
        yield "label", "须有中英文名称", "Names in both languages are needed"
    if step.days < 0 or step.warn_days < 0:
        yield "days", "天数不能为负", "Days must not be negative"
    yield from _condition(definition, step, "when", step.when)
    yield from _NEEDS[step.kind](definition, step)


def _condition(definition: Definition, step: ProcessStep, field: str, text: str) -> Iterator[Fault]:
    """FEEL that parses, over names that are known by then."""
    if not text.strip():
        return
    try:
        strange = unknown_names(text, names_at(definition, step))
    except FeelSyntaxError as error:
        place_zh = f"第{error.line}行第{error.column}列"
        yield field, f"FEEL 表达式有误（{place_zh}）：{error.message}", f"Not FEEL: {error}"
        return
    for name in sorted(strange):
        yield field, f"此处没有“{name}”", f"{name!r} is not known at this point"


def names_at(definition: Definition, step: ProcessStep) -> tuple[str, ...]:
    """What an expression of this step may use: answers, earlier steps, the day."""
    steps = definition.process.steps if definition.process else ()
    answers = (field.key for field in definition.form)
    return (*answers, *sorted(before(steps, step.id)), *GIVEN)


def _task(definition: Definition, step: ProcessStep) -> Iterator[Fault]:
    if not step.group.strip():
        yield "group", "任务须有办理组", "A task needs a group"
    if len({each.id for each in step.outcomes}) < len(step.outcomes):
        yield "outcomes", "结果编号重复", "Two outcomes have the same id"
    if not all(each.id and _told(each.label) for each in step.outcomes):
        yield "outcomes", "结果须有编号和中英文名称", "An outcome needs an id and names"


def _decision(definition: Definition, step: ProcessStep) -> Iterator[Fault]:
    yield from decision_models.step_faults(definition, step)
    for place, binding in enumerate(step.inputs):
        yield from _condition(definition, step, f"inputs/{place}/feel", binding.feel)


def _timer(definition: Definition, step: ProcessStep) -> Iterator[Fault]:
    if step.days == 0:
        yield "days", "须说明等待的工作日数", "Say how many working days it waits"


def _message(definition: Definition, step: ProcessStep) -> Iterator[Fault]:
    if not step.message.strip():
        yield "message", "须说明等待的消息", "Name the message it waits for"


def _subcase(definition: Definition, step: ProcessStep) -> Iterator[Fault]:
    if not step.child.strip():
        yield "child", "须说明子办件的事项", "Name the item of the child case"
    elif step.child == definition.item_code:
        yield "child", "子办件不能是同一事项", "A case cannot open one of its own item"


def _notice(definition: Definition, step: ProcessStep) -> Iterator[Fault]:
    if not _told(step.text):
        yield "text", "须有中英文告知内容", "The notice needs words in both languages"


_NEEDS = {
    "task": _task,
    "decision": _decision,
    "timer": _timer,
    "message": _message,
    "subcase": _subcase,
    "notice": _notice,
}
