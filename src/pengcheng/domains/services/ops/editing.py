"""Officials change the form of an item, in casework's draft of its bundle."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.api import studio
from pengcheng.domains.casework.contracts import Label, Version
from pengcheng.domains.casework.contracts.studio import Draft
from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.ops import catalogue, forms
from pengcheng.domains.services.rules import bundles, sheets
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, Invalid
from pengcheng.kit.forms import checking, chinese
from pengcheng.kit.forms import definition as reading
from pengcheng.kit.forms.checking import Fault
from pengcheng.kit.forms.definition import Definition

EDIT = "services.form.edit"
PART = "services"
LARGEST = 400_000
"""Bytes of a form; the largest that is shipped has 20,000."""


class Editing(Struct, frozen=True, kw_only=True):
    """A form being changed: the draft of its bundle, the form in it, and what is wrong with it."""

    draft: Draft
    item: Item
    form: Definition
    faults: tuple[Fault, ...]


class FormRow(Struct, frozen=True, kw_only=True):
    """An item whose form can be changed."""

    item: Item
    questions: int
    own: bool
    version: int | None


def listed(context: Context, codes: tuple[str, ...]) -> tuple[FormRow, ...]:
    """The items with these codes, else those with a form of their own."""
    permit(context, EDIT, Resource(kind="form"))
    wanted = codes or tuple(sheets.own_forms())
    return tuple(_row(item) for item in catalogue.items(wanted))


def _row(item: Item) -> FormRow:
    version = casework.current(kind=bundles.KIND, item_code=item.task_code)
    return FormRow(
        item=item,
        questions=sum(1 for _q in forms.current(item).questions()),
        own=item.task_code in sheets.own_forms(),
        version=version.number if version else None,
    )


def begin(context: Context, item_code: str) -> str:
    """The open draft of the item, or a new one; answers its id."""
    permit(context, EDIT, Resource(kind="form", id=item_code))
    item = catalogue.item(item_code)
    if forms.published(item) is None:  # nothing to begin from yet: what is shipped
        form = sheets.form_for(item)
        bundle = bundles.bundle(item, form, forms.table_for(form, None))
        casework.register_definition(context=system_context(PART), definition=bundle)
    return studio.begin_draft(context=context, kind=bundles.KIND, item_code=item_code).id


def read(context: Context, draft_id: str) -> Editing:
    permit(context, EDIT, Resource(kind="form"))
    draft = studio.get_draft(context=context, draft_id=draft_id)
    item = catalogue.item(draft.item_code)
    sheet = draft.definition.sheet
    form = reading.read(sheet) if sheet else sheets.form_for(item)
    return Editing(draft=draft, item=item, form=form, faults=tuple(checking.faults(form)))


def save(context: Context, draft_id: str, revision: int, form: Definition, what: Label) -> None:
    """A new revision; it may have faults. Raises Conflict when ``revision`` is not the newest."""
    now = read(context, draft_id)
    body = replace(form, about=now.item.task_code).encoded()
    if len(body) > LARGEST:
        raise _wrong("the file is too large")
    bundle = replace(now.draft.definition, sheet=body, form=bundles.fields(form))
    studio.save_draft(
        context=context, draft_id=draft_id, revision=revision, definition=bundle, what=what
    )


def taken_in(context: Context, draft_id: str, revision: int, data: bytes) -> None:
    """The form of a JSON file in the place of the draft's. Raises Invalid."""
    if len(data) > LARGEST:
        raise _wrong("the file is too large")
    try:
        form = reading.read(data)
    except reading.FormError as error:
        raise _wrong(str(error)) from error
    save(context, draft_id, revision, form, Label("导入文件", "Read from a file"))


def publish(context: Context, draft_id: str, revision: int, note: str) -> Version | None:
    """New applications take the form from now on; begun ones keep theirs. Raises Invalid.

    None: whoever changed it last asked a colleague for approval by this.
    """
    now = read(context, draft_id)
    if now.faults:
        raise Invalid(
            code="services.form.faults",
            zh="表单有误，不能发布",
            en="The form has faults and cannot be published",
            next_zh="请更正列出的问题。",
            next_en="Mend what is listed.",
            errors=[_told(fault) for fault in now.faults],
        )
    if not studio.may_publish(context=context, draft=now.draft):
        studio.ask_approval(context=context, draft_id=draft_id, revision=revision, note=note)
        return None
    version = casework.current(kind=bundles.KIND, item_code=now.item.task_code)
    base = version.number if version else None
    return studio.publish_draft(
        context=context, draft_id=draft_id, revision=revision, base=base, note=note
    )


def _told(fault: Fault) -> FieldError:
    zh, en = (chinese.said(fault.message, tongue) for tongue in ("zh", "en"))
    return FieldError(f"/{fault.page}/{fault.question}/{fault.field}", zh, en)


def _wrong(message: str) -> Invalid:
    return Invalid(
        code="services.form.unreadable",
        zh=f"文件不能作为表单：{message}",
        en=f"The file is no form: {message}",
        next_zh="请核对 JSON 文件。",
        next_en="Check the JSON file.",
    )
