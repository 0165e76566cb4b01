"""The licence that a grant gives: once a case, in the transaction of whoever grants."""

from __future__ import annotations

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Case, State
from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.contracts import Holder, HolderKind, Issuer, Licence
from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.ops import catalogue, drafts
from pengcheng.domains.services.rules import library, standing
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.prepared import Lookup
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms.definition import Definition

GRANTED = frozenset({State.GRANTED, State.OVERTURNED, State.CLOSED})
KEEP = ("licence_id", "licence_number")


def give(
    context: Context,
    row: Draft,
    form: Definition,
    item: Item,
    holder: str,
    answers: answering.Answers | None = None,
) -> Licence | None:
    """Issue what the item gives and note it in the row, which the caller saves (`KEEP`)."""
    entry = library.entry(form.id)
    if entry is None or not entry.licence:
        return None
    if answers is None:
        answers = answering.applying(form, answering.read(row.answers))
    licence = licences.issue(
        context=context,
        type=entry.licence,
        holder=Holder(kind=_holder_kind(entry.licence), id=row.owner, name=holder),
        issuer=Issuer(code=item.task_code[:18], zh=item.dept_name, en=item.dept_name_en),
        values=standing.values(entry.values, form, answers, holder, clock.today()),
        idempotency_key=f"case/{row.case_id}",
        case_id=row.case_id,
        item_code=item.task_code,
    )
    row.licence_id, row.licence_number = licence.id, licence.number
    return licence


def _holder_kind(type: str) -> HolderKind:
    """A person where the kind of licence allows one, for that is who applied."""
    return "person" if "person" in licences.get_type(type=type).holders else "organisation"


_of_case = Lookup(
    lambda case: (
        Draft.objects.select_for_update().filter(case_id=case).exclude(case_id="").order_by()
    )
)


def give_for_case(context: Context, case_id: str) -> Licence | None:
    """The licence of a case that a person granted, or an appeal did; given already, nothing."""
    row = _of_case.first(case_id)
    if row is None or row.licence_id:
        return None
    case = casework.get_case(context=context.for_purpose("service.licence"), case_id=case_id)
    if not granted(case):
        return None
    item = catalogue.item(row.item_code)
    licence = give(context, row, drafts.form_of(row), item, case.owner.name)
    if licence is not None:
        row.save(update_fields=KEEP)
    return licence


def granted(case: Case) -> bool:
    """Whether the standing outcome is a grant, closed or not."""
    return case.outcome == "granted" and case.state in GRANTED


def number_of_case(context: Context, case_id: str) -> tuple[str, str]:
    """Id and number of the licence that an own case gave; empty without one."""
    row = Draft.objects.filter(case_id=case_id, owner=drafts.owner_of(context)).first()
    return (row.licence_id, row.licence_number) if row is not None else ("", "")
