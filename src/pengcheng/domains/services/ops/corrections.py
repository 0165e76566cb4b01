"""“This is wrong”: a case at the register's owner, while the person goes on with their own word."""

from __future__ import annotations

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import ONE_WINDOW, Clock, Label, Submission
from pengcheng.domains.casework.contracts import Answer as Told
from pengcheng.domains.casework.contracts import Definition as Bundle
from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.contracts import REGISTERS, Register
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.models.forms import Correction
from pengcheng.domains.services.ops import drafts, forms
from pengcheng.domains.services.rules import bundles
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.problems import Conflict, Invalid, NotFound
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms.answers import Answer, Filling, Line
from pengcheng.kit.forms.drawing import canonical

PART = "services"
KIND = "services.correction"
DAYS = 5
"""Working days in which an owner looks at it: ours, no law names a number."""
BASIS = "《中华人民共和国个人信息保护法》第四十六条"


def dispute(context: Context, draft_id: str, key: str, value: str, reason: str) -> Answer:
    """Open the case and put the person's own statement, graded D, in the fact's place."""
    seen = drafts.row_of(draft_id)
    with act(context, "services.draft.change", drafts.resource(seen)) as acting:
        row = drafts.changeable(context, draft_id)
        line = _line(row, key)
        stated = _stated(line, value)
        case_id = _open(context, row, line, stated, reason)
        before = line.answer
        answer = Answer(
            value=stated,
            edited_by_user=True,
            record=before.record if before else None,
            correction=case_id,
        )
        drafts.store(row, {**answering.read(row.answers), key: answer})
        acting.note(question=key, case=case_id)
    return answer


def _line(row: Draft, key: str) -> Line:
    """The answer in dispute: one that a register gave."""
    filling = Filling(forms.of_draft(row), answering.read(row.answers))
    found = next((line for line in filling.lines() if line.key == key), None)
    if found is None or found.question.bound is None or found.answer is None:
        raise NotFound(
            code="services.correction.nothing",
            zh="这一项不是登记信息",
            en="This answer does not come from a register",
            next_zh="可直接修改。",
            next_en="You can simply change it.",
        )
    if found.answer.correction or found.answer.source != found.question.bound.registry:
        raise Conflict(
            code="services.correction.open",
            zh="已就这一项提出更正",
            en="A correction of this was asked for already",
            next_zh="处理结果将发到您的消息。",
            next_en="You are told in your messages what comes of it.",
        )
    return found


def _stated(line: Line, value: str) -> str:
    stated = canonical(line.question, value)
    if not isinstance(stated, str):
        raise Invalid(
            code="services.correction.not_right",
            zh="更正内容格式不正确",
            en="What you state has not the right form",
            next_zh="请核对后再提交。",
            next_en="Check it and send it again.",
        )
    return stated


def _open(context: Context, row: Draft, line: Line, stated: str, reason: str) -> str:
    bound = line.question.bound
    register = next(each for each in REGISTERS if bound and each.id == bound.registry)
    system = system_context(PART)
    address = casework.register_definition(context=system, definition=_bundle(register))
    number = Correction.objects.filter(draft_id=row.id, key=line.key).count() + 1
    receipt = casework.open_case(
        context=context,
        definition=address,
        submission=_submission(register, line, stated, reason),
        idempotency_key=f"{row.id}:{line.key}:{number}",
    )
    Correction.objects.create(
        draft_id=row.id,
        key=line.key,
        owner=row.owner,
        registry=register.id,
        attribute=bound.attribute if bound else "",
        value=stated,
        case_id=receipt.case.id,
        opened_at=clock.now(),
    )
    return receipt.case.id


def _bundle(register: Register) -> Bundle:
    return Bundle(
        kind=KIND,
        title=Label(f"更正登记信息：{register.zh}", f"Correct a record: {register.en}"),
        item_code=register.id,
        candidate_group=ONE_WINDOW,
        clock=Clock(days=DAYS),
        legal_basis=BASIS,
        notices=bundles.notices(),
        department=register.owner_zh,
        department_en=register.owner_en,
    )


def _submission(register: Register, line: Line, stated: str, reason: str) -> Submission:
    question, record = line.question, line.answer
    label = Label(question.label.zh, question.label.text("en"))
    source = Label(register.zh, register.en)
    recorded = answering.shown(question, record, "zh-hans")
    own = Answer(value=stated)
    told = (
        Told(
            key="attribute",
            label=Label("更正事项", "What is wrong"),
            value=label.zh,
            value_en=label.en,
        ),
        Told(
            key="record",
            label=Label("登记为", "The register says"),
            value=recorded,
            value_en=answering.shown(question, record, "en"),
            source=source,
            trust="A",
        ),
        Told(
            key="stated",
            label=Label("申请人称", "The person says"),
            value=answering.shown(question, own, "zh-hans"),
            value_en=answering.shown(question, own, "en"),
            record=recorded,
        ),
        Told(key="reason", label=Label("理由", "Reason"), value=reason[:1000] or "—"),
    )
    return Submission(answers=told)


def settled(context: Context, case_id: str, outcome: str) -> bool:
    """The owner has decided: granted, the register says so from now on."""
    found = Correction.objects.filter(case_id=case_id, settled_at=None).first()
    if found is None:
        return False
    found.settled_at = clock.now()
    found.save(update_fields=["settled_at"])
    if outcome == "granted":
        identity.enter_facts(
            context,
            register=found.registry,
            account_id=found.owner,
            values={found.attribute: found.value},
        )
    return True
