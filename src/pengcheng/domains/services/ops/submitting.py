"""Submitting: one transaction from the permit to decision, reasons, licence and the events."""

from __future__ import annotations

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Definition as Bundle
from pengcheng.domains.casework.contracts import Opened, Person, RuleDecision
from pengcheng.domains.identity import api as identity
from pengcheng.domains.services.contracts import Applied, Item
from pengcheng.domains.services.events import ApplicationSubmitted
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.ops import catalogue, deciding, drafts, facts, forms, granting
from pengcheng.domains.services.rules import bundles
from pengcheng.domains.services.rules.decisions import Conclusion
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.prepared import append
from pengcheng.kernel.problems import FieldError, Invalid
from pengcheng.kernel.sharing import shared
from pengcheng.kernel.together import together
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms.definition import Definition

PART = "services"


def submit(context: Context, draft_id: str) -> Applied:
    """Send the draft. Sent again it answers what it answered the first time, without the code."""
    return shared(lambda: _submit(context, draft_id))


def _submit(context: Context, draft_id: str) -> Applied:
    seen = drafts.row_of(draft_id)
    with act(context, "services.application.submit", drafts.resource(seen)) as acting:
        row = drafts.row_of(draft_id, lock=True)
        if row.case_id:
            return again(row)
        item = catalogue.item(row.item_code)
        return enter(acting, row, item, drafts.form_of(row), forms.published(item))


def enter(
    acting: Acting, row: Draft, item: Item, form: Definition, given: Bundle | None = None
) -> Applied:
    """Case, decision, licence and events of a complete application, and the row that keeps it.

    ``given`` is what officials published for the item, if they did.
    """
    settled = facts.settle(acting.context, row, form)
    refuse_gaps(settled.filling)
    answers = settled.filling.applying()
    table = forms.table_for(form, given)
    bundle = forms.bundle_for(item, form, table, given)
    row.waits_for = settled.waits_for
    by_rule = table if not settled.waits_for and not settled.disputed else None
    with together(), acting.whole():
        concluded = deciding.conclusion(by_rule, answers) if by_rule else None
        decision = deciding.decision_of(by_rule, concluded) if by_rule and concluded else None
        opened = _open(acting.context, bundle, settled.filling, row, decision)
        remember(row, opened.case_id, opened.reference, concluded)
        if row.outcome == "granted":
            grants = system_context(PART, cause=opened.event)
            granting.give(grants, row, form, item, opened.owner.name, answers)
        _keep(row)
        _tell(acting, row, item, form)
    acting.note(reference=opened.reference, outcome=row.outcome or "waiting")
    return _applied(row, opened.code)


def _tell(acting: Acting, row: Draft, item: Item, form: Definition) -> None:
    acting.emit(
        ApplicationSubmitted(
            subject=f"case/{row.case_id}",
            item_code=item.task_code,
            case_id=row.case_id,
            reference=row.reference,
            form=form.id,
            instant=bool(row.outcome),
        )
    )


def _keep(row: Draft) -> None:
    """A draft that was begun is marked as sent; what came in one call is a row from now on."""
    if row._state.adding:
        append(row)
    else:
        row.save(update_fields=ANSWERED)


def refuse_gaps(filling: answering.Filling) -> None:
    """Raises Invalid naming each question that still has to be answered."""
    errors = [_gap(gap) for gap in filling.gaps()]
    errors += [_fault(fault) for fault in filling.faults()]
    if errors:
        raise Invalid(
            code="services.application.incomplete",
            zh="还有问题没有回答或需要更正",
            en="Some answers are missing or not right yet",
            next_zh="请补全或更正后再提交。",
            next_en="Mend what is listed and send the application then.",
            errors=errors,
        )


def _gap(gap: answering.Gap) -> FieldError:
    if gap.question is None:
        title, least = gap.page.title, gap.page.repeat.minimum if gap.page.repeat else 1
        return FieldError(
            f"/answers/{gap.key}",
            f"{title.zh}：至少添加 {least} 项",
            f"{title.text('en')}: add at least {least}",
        )
    label, bound = gap.question.label, gap.question.bound
    zh, en = f"请填写：{label.zh}", f"Fill in: {label.en}"
    if gap.unseen:
        zh, en = (
            f"登记信息有更新，请确认：{label.zh}",
            f"Confirm what the register says: {label.en}",
        )
    elif bound is not None and bound.on_missing == "block":
        zh = f"登记库中没有您的这项信息，请到窗口办理：{label.zh}"
        en = f"The register has nothing about you here, ask at a counter: {label.en}"
    return FieldError(f"/answers/{gap.key}", zh, en)


def _fault(fault: answering.Fault) -> FieldError:
    label = fault.question.label
    zh, en = f"{label.zh}：{fault.message.zh}", f"{label.en}: {fault.message.en}"
    return FieldError(f"/answers/{fault.key}", zh, en)


def _open(
    context: Context,
    bundle: Bundle,
    filling: answering.Filling,
    row: Draft,
    decision: RuleDecision | None,
) -> Opened:
    address = casework.register_definition(context=system_context(PART), definition=bundle)
    files = () if row._state.adding else drafts.files_of(row.id)
    submission = bundles.handed_in(filling, files, drafts.LINK)
    return casework.open_and_decide(
        context=context,
        definition=address,
        submission=submission,
        idempotency_key=row.id,
        owner=_represented(context),
        decision=decision,
        by=system_context(PART),
    )


def _represented(context: Context) -> Person | None:
    """For whom somebody else files, by the name of their own account."""
    if not context.on_behalf_of:
        return None
    own = system_context(PART).for_purpose("service.counter")
    person = identity.find(own, account_id=context.on_behalf_of)
    return Person(person.id, person.name_zh)


# --- the answer -------------------------------------------------------------------------


ANSWERED = (
    "answers",
    "waits_for",
    "case_id",
    "reference",
    "updated_at",
    "outcome",
    "reason_zh",
    "reason_en",
    *granting.KEEP,
)


def remember(row: Draft, case_id: str, reference: str, concluded: Conclusion | None) -> None:
    row.case_id, row.reference = case_id, reference
    row.updated_at = clock.now()
    if concluded is not None:
        row.outcome = "" if concluded.outcome == "review" else concluded.outcome
        row.reason_zh, row.reason_en = concluded.rule.zh, concluded.rule.en


def _applied(row: Draft, code: str | None, *, repeated: bool = False) -> Applied:
    return Applied(
        case_id=row.case_id,
        reference=row.reference,
        code=code,
        outcome=row.outcome or None,  # type: ignore[arg-type]
        reason_zh=row.reason_zh,
        reason_en=row.reason_en,
        licence_id=row.licence_id,
        licence_number=row.licence_number,
        repeated=repeated,
    )


def again(row: Draft) -> Applied:
    """What came of it the first time, without the code."""
    return _applied(row, None, repeated=True)
