"""What casework is given: the bundle a case is pinned to, and the submission from the answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pengcheng.domains.casework.contracts import (
    Answer,
    Binding,
    Choice,
    Clock,
    DecisionModel,
    Definition,
    Evidence,
    FormField,
    Label,
    Notice,
    State,
    Submission,
)
from pengcheng.domains.services.contracts import Item, UploadView
from pengcheng.domains.services.rules import library
from pengcheng.domains.services.rules.decisions import Table
from pengcheng.domains.services.rules.origins import feel_of
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms import definition as forms

KIND = "services.application"
USUAL_DAYS = 20
"""When the source states no time: the general limit of the Licensing Law (行政许可法), art. 42."""

SOURCES = {
    answering.DECLARED: Label("申请人填写", "Stated by the applicant"),
    answering.COMPUTED: Label("系统计算", "Worked out by the form"),
    "account": Label("账户登记信息", "From the account"),
}
WAITS = {
    "register": ("（待登记库恢复后核对）", "(to be read when the register answers)"),
    "counter": ("（由窗口核对原件）", "(the counter looks at the original)"),
}
_NOTICES = (
    (State.SUBMITTED, "已收到申请，等待受理。", "Received; waiting to be accepted."),
    (
        State.CORRECTION_REQUESTED,
        "需要补正材料，请登录“我的办件”查看。",
        "Something is missing: sign in and see My matters.",
    ),
    (State.GRANTED, "申请已获批准（演示结果）。", "Granted (a demonstration result)."),
    (
        State.REFUSED,
        "申请未获批准，可申请人工复核。",
        "Refused; you can ask a person to look again.",
    ),
)


def working_days(item: Item) -> int:
    """The promised time, else the legal one, else the general limit; calendar days as working."""
    limit = item.promise or item.anticipate
    if limit is None:
        return USUAL_DAYS
    days = limit.days if limit.unit == "working" else limit.days * 5 // 7
    return max(days, 1)


_made: dict[str, tuple[Item, forms.Definition, Table | None, Definition]] = {}


def bundle(item: Item, form: forms.Definition, table: Table | None) -> Definition:
    """All that a case of this item uses; the very same object as long as none of it changes."""
    made = _made.get(item.task_code)
    if made is None or not (made[0] is item and made[1] is form and made[2] is table):
        made = item, form, table, _bundle(item, form, table)
        if form.id != "general":  # its forms are made anew each time
            _made[item.task_code] = made
    return made[3]


def _bundle(item: Item, form: forms.Definition, table: Table | None) -> Definition:
    return Definition(
        kind=KIND,
        title=Label(item.task_name, item.name_en or item.task_name),
        item_code=item.task_code,
        candidate_group=library.group(form.id),
        clock=Clock(days=working_days(item)),
        form=fields(form),
        decision=_model(table),
        legal_basis=_basis(item, table),
        notices=notices(),
        department=item.dept_name,
        department_en=item.dept_name_en,
        process=library.process(form.id),
        sheet=form.encoded(),
    )


def fields(form: forms.Definition) -> tuple[FormField, ...]:
    """The questions as the case remembers them."""
    return tuple(_field(question) for question in form.questions())


def notices() -> tuple[Notice, ...]:
    """What applicants are told at each state."""
    return tuple(Notice(state=s, text=Label(zh, en)) for s, zh, en in _NOTICES)


def _field(question: forms.Question) -> FormField:
    label = Label(question.label.zh, question.label.en)
    return FormField(
        key=question.id, label=label, kind=question.kind, required=question.required is True
    )


def _model(table: Table | None) -> DecisionModel | None:
    if table is None:
        return None
    words = tuple(Choice(rule.id, Label(rule.zh, rule.en)) for rule in table.rule)
    return DecisionModel(
        name=table.decision,
        sha256=table.sha256,
        dmn=table.dmn,
        words=words,
        inputs=tuple(Binding(name, feel_of(origin)) for name, origin in table.inputs.items()),
    )


def _basis(item: Item, table: Table | None) -> str:
    if table is not None:
        return table.basis_zh
    return "、".join(f"《{law}》" for law in item.by_law)


def submission(
    form: forms.Definition, answers: answering.Answers, uploads: Iterable[UploadView], link: str
) -> Submission:
    """The answers that apply, and the files as evidence; ``link`` is the address before an id."""
    return handed_in(answering.Filling(form, answers), uploads, link)


def handed_in(filling: answering.Filling, uploads: Iterable[UploadView], link: str) -> Submission:
    """The same of a form whose answers have been gone through."""
    lines = [line for line in filling.told() if line.answer]
    labels = {line.key: _label(line) for line in lines}
    told = (_answer(line) for line in lines if line.question.kind != "file")
    files = [file for file in uploads if file.question in labels]
    return Submission(
        answers=tuple(answer for answer in told if answer.value),
        evidence=tuple(_evidence(file, labels[file.question], link) for file in files),
    )


def _label(line: answering.Line) -> forms.Text:
    """What was asked; for a member of a group with which one."""
    label, repeat = line.question.label, line.page.repeat
    if repeat is None:
        return label
    zh, en = f"{repeat.item.zh}{line.place}", f"{repeat.item.text('en')} {line.place}"
    return forms.Text(f"{zh}：{label.zh}", f"{en}: {label.text('en')}")


def _answer(line: answering.Line) -> Answer:
    question, answer, label = line.question, line.answer, _label(line)
    zh = answering.shown(question, answer, "zh-hans").replace("\n", "、")
    en = answering.shown(question, answer, "en").replace("\n", ", ")
    if answer is not None and answer.waits:
        zh, en = WAITS[answer.waits]
    return Answer(
        key=line.key,
        label=Label(label.zh, label.en),
        value=zh,
        source=_source(answer),
        trust=answer.trust if answer else "D",
        retrieved_at=_moment(answer),
        record=_record(line),
        value_en="" if en == zh else en,
    )


def _moment(answer: answering.Answer | None) -> datetime | None:
    if answer is None or not answer.retrieved_at:
        return None
    return datetime.fromisoformat(answer.retrieved_at)


def _record(line: answering.Line) -> str | None:
    """What the register says, in words, where it was asked."""
    if line.answer is None or line.answer.record is None:
        return None
    said = answering.Answer(value=line.answer.record)
    return answering.shown(line.question, said, "zh-hans").replace("\n", "、")


def _source(answer: answering.Answer | None) -> Label:
    if answer is not None and answer.label:
        return Label(answer.label.zh, answer.label.text("en"))
    return SOURCES.get(answer.source if answer else "", SOURCES[answering.DECLARED])


def _evidence(file: UploadView, label: forms.Text, link: str) -> Evidence:
    return Evidence(
        key=file.question,
        label=Label(f"{label.zh}（{file.name}）", f"{label.en} ({file.name})"),
        source=Label("申请人上传", "Uploaded by the applicant"),
        trust="C",
        sha256=file.sha256,
        url=f"{link}{file.id}/",
    )
