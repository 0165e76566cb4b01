"""The door for changing forms; the draft, its undo and its publishing are casework's."""

from __future__ import annotations

from pengcheng.domains.casework.contracts import Label, Version
from pengcheng.domains.services.ops import editing
from pengcheng.domains.services.ops.editing import LARGEST, Editing, FormRow
from pengcheng.kernel.context import Context
from pengcheng.kit.forms.definition import Definition

__all__ = ["LARGEST", "Editing", "FormRow"]


def list_forms(*, context: Context, codes: tuple[str, ...] = ()) -> tuple[FormRow, ...]:
    """Items whose form can be changed: those with these codes, else those with their own form."""
    return editing.listed(context, codes)


def begin_edit(*, context: Context, code: str) -> str:
    """The id of the item's open draft, begun now if there is none."""
    return editing.begin(context, code)


def get_edit(*, context: Context, draft_id: str) -> Editing:
    """The form in a draft, with its faults."""
    return editing.read(context, draft_id)


def save_edit(
    *, context: Context, draft_id: str, revision: int, form: Definition, what: Label
) -> None:
    """Keep a changed form as a new revision. Raises Conflict when ``revision`` is old."""
    editing.save(context, draft_id, revision, form, what)


def import_form(*, context: Context, draft_id: str, revision: int, data: bytes) -> None:
    """Put the form of a JSON file in its place. Raises Invalid."""
    editing.taken_in(context, draft_id, revision, data)


def publish_form(*, context: Context, draft_id: str, revision: int, note: str) -> Version | None:
    """Let new applications take it. Raises Invalid while it has faults.

    None: whoever changed it last has by this put it before a colleague, who publishes it.
    """
    return editing.publish(context, draft_id, revision, note)
