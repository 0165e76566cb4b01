"""Applying in one call, for programs: answers in, decision out, one transaction, once a key."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError

from pengcheng.domains.services.contracts import Applied
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.ops import catalogue, drafts, forms, submitting
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.columns import fresh
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import Conflict, FieldError, Invalid
from pengcheng.kernel.sharing import shared
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms import fitting
from pengcheng.kit.forms.answers import Answer
from pengcheng.kit.forms.definition import Definition
from pengcheng.kit.forms.filling import ready

SUBMIT = "services.application.submit"
Told = Mapping[str, str | tuple[str, ...]]

_by_key = Lookup(  # an empty key is left out in so many words, else the partial index is not used
    lambda owner, key: Draft.objects.filter(owner=owner, key=key).exclude(key="").order_by(), keys=2
)


def apply(context: Context, item_code: str, told: Told, key: str) -> Applied:
    """Open the case and decide it, if it can be decided by rule; the same key answers the same."""
    return shared(lambda: _apply(context, item_code, told, key))


def _apply(context: Context, item_code: str, told: Told, key: str) -> Applied:
    permit(context, "services.application.start", Resource(kind="item", id=item_code))
    item = catalogue.item(item_code)
    given = forms.published(item)
    form = forms.filled(forms.form_of(item, given))
    owner = drafts.owner_of(context)
    answers = _answers(context, form, told)
    row = _row(form, item_code, owner, key, answers)
    try:
        with act(context, SUBMIT, drafts.resource(row)) as acting:
            known = _by_key.first(owner, key)
            if known is not None:
                return _again(acting, known, row)
            return submitting.enter(acting, row, item, form, given)
    except IntegrityError:  # the same key was committed by another request meanwhile
        with act(context, SUBMIT, drafts.resource(row)) as acting:
            known = _by_key.first(owner, key)
            if known is None:
                raise
            return _again(acting, known, row)


def _row(
    form: Definition, item_code: str, owner: str, key: str, answers: Mapping[str, Answer]
) -> Draft:
    now = clock.now()
    return fresh(
        Draft,
        item_code=item_code,
        form_id=form.id,
        form_sha256=form.sha256(),
        owner=owner,
        key=key,
        answers=answering.write(answers),
        created_at=now,
        updated_at=now,
    )


def _again(acting: Acting, known: Draft, asked: Draft) -> Applied:
    """What came of it the first time. Times apart, the content must be the same."""
    acting.concerns(Resource(kind="draft", id=known.id, owner=known.owner))
    if (known.item_code, _said(known)) != (asked.item_code, _said(asked)):
        raise Conflict(
            code="services.application.key_used",
            zh="该幂等键已用于另一份申请",
            en="The key was used for another application",
            next_zh="请为每份申请使用新的键。",
            next_en="Use a new key for each application.",
        )
    acting.note(repeated=True)
    return submitting.again(known)


def _said(row: Draft) -> dict[str, object]:
    return {id: answer["value"] for id, answer in row.answers.items()}


def _answers(context: Context, form: Definition, told: Told) -> dict[str, Answer]:
    """What was told over what is known already. Raises Invalid naming what cannot be an answer."""
    whole, _names = ready(form)
    asked = {question.id: question for question in whole.questions()}
    wrong = [
        FieldError(f"/answers/{id}", "没有该问题或答案格式不对", "No such question, or no answer")
        for id, value in told.items()
        if id not in asked or not fitting.fits(asked[id], value)
    ]
    if wrong:
        raise Invalid(
            code="services.application.unfit",
            zh="有答案不能接受",
            en="Some answers cannot be taken",
            next_zh="请按表单定义填写。",
            next_en="Write each as the form defines it.",
            errors=wrong,
        )
    answers = drafts.known(context, form)
    for id, value in told.items():
        answers[id] = answering.given(asked[id], value, answers.get(id))
    return answers
