"""An objection becomes a case that somebody must answer within its days."""

from __future__ import annotations

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import (
    ONE_WINDOW,
    Answer,
    CaseQuery,
    CaseRow,
    Clock,
    Definition,
    Label,
    Receipt,
    Submission,
)
from pengcheng.domains.dataaccount.contracts import Objection
from pengcheng.domains.dataaccount.ops.consenting import READ, subject_of
from pengcheng.domains.dataaccount.ops.looking import purpose_of
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, Invalid

KIND = "dataaccount.objection"
ITEM = "DATA-OBJECTION"
DAYS, WARN = 15, 5
LONGEST = 2000


def definition() -> Definition:
    return Definition(
        kind=KIND,
        title=Label("个人信息使用异议", "Objection to a use of personal data"),
        item_code=ITEM,
        candidate_group=ONE_WINDOW,
        clock=Clock(days=DAYS, warn_days=WARN),
        legal_basis="深圳经济特区数据条例第二十八条、第二十九条",
        department="个人信息保护专员（模拟）",
        department_en="Data protection officer (simulated)",
    )


def complain(context: Context, objection: Objection) -> Receipt:
    """Open the case; the same key again answers the same case."""
    subject = subject_of(context)
    what = Resource(kind="objection", owner=subject or None)
    with act(context, "dataaccount.objection.make", what) as acting:
        text = objection.text.replace("\x00", "").strip()
        if not 5 <= len(text) <= LONGEST:
            raise _wrong()
        own = system_context("dataaccount", cause=context.cause)
        pinned = casework.register_definition(context=own, definition=definition())
        receipt = casework.open_case(
            context=context,
            definition=pinned,
            submission=_submission(text, objection),
            idempotency_key=objection.key,
        )
        acting.note(case=receipt.case.id, look=objection.look, purpose=objection.purpose)
        return receipt


def mine(context: Context) -> tuple[CaseRow, ...]:
    """The objections the person made, newest first."""
    subject = subject_of(context)
    permit(context, READ, Resource(kind="objection", owner=subject or None))
    query = CaseQuery(scope="own", kind=KIND, sort="-opened", size=50)
    return casework.list_cases(context=context, query=query).rows


def _submission(text: str, objection: Objection) -> Submission:
    answers = [Answer(key="text", label=Label("异议内容", "What they object to"), value=text)]
    if objection.purpose:
        purpose = purpose_of(objection.purpose)
        label = Label("所涉用途", "The use it is about")
        answers.append(
            Answer(key="purpose", label=label, value=purpose.zh, value_en=purpose.en, trust="A")
        )
    if objection.look:
        label = Label("访问记录编号", "Number of the access line")
        answers.append(Answer(key="look", label=label, value=objection.look[:36], trust="A"))
    return Submission(answers=tuple(answers))


def _wrong() -> Invalid:
    return Invalid(
        code="dataaccount.objection.text",
        zh="请写明您的异议",
        en="Say what you object to",
        errors=[FieldError("/text", "请填写5至2000个字", "Write 5 to 2000 characters")],
    )
