"""The door for officials who change definitions: drafts, differences, trial, publication."""

from pengcheng.domains.casework.contracts import Definition, Label, Version
from pengcheng.domains.casework.contracts.studio import DefinitionRow, Difference, Draft, Trial
from pengcheng.domains.casework.ops import studio, studio_list, studio_trial
from pengcheng.kernel.context import Context


def list_definitions(*, context: Context, text: str = "") -> tuple[DefinitionRow, ...]:
    """Every item with a definition, last registered first; ``text`` is looked for in its names."""
    return studio_list.rows(context, text)


def definition_row(*, context: Context, kind: str, item_code: str) -> DefinitionRow:
    """One of them."""
    return studio_list.row(context, kind, item_code)


def compare_definitions(*, context: Context, old: str, new: str) -> tuple[Difference, ...]:
    """What two kept bundles (SHA-256) say differently."""
    return studio_list.compared(context, old, new)


def begin_draft(*, context: Context, kind: str, item_code: str) -> Draft:
    """The item's open draft, or a new one from what is in force."""
    return studio.begin(context, kind, item_code)


def get_draft(*, context: Context, draft_id: str) -> Draft:
    """The draft with its faults (at row and cell) and its history."""
    return studio.get(context, draft_id)


def draft_changes(*, context: Context, draft: Draft) -> tuple[Difference, ...]:
    """What the draft changes of the bundle it was begun from."""
    return studio_list.changed(context, draft.base, draft.definition)


def save_draft(
    *, context: Context, draft_id: str, revision: int, definition: Definition, what: Label
) -> Draft:
    """A new revision; it may have faults. `Conflict` when ``revision`` is not the present one."""
    return studio.save(context, draft_id, revision, definition, what)


def turn_draft(*, context: Context, draft_id: str, revision: int, to: int) -> Draft:
    """Undo or redo: make revision ``to`` the present one."""
    return studio.go(context, draft_id, revision, to)


def discard_draft(*, context: Context, draft_id: str, revision: int) -> None:
    """Give the change up; nothing in force is touched."""
    studio.discard(context, draft_id, revision)


def try_draft(*, context: Context, draft_id: str, decision: str) -> Trial:
    """Ask the draft's decision about past cases. Needs a purpose; one line in the audit."""
    return studio_trial.run(context, draft_id, decision)


def publish_draft(
    *, context: Context, draft_id: str, revision: int, base: int | None, note: str
) -> Version:
    """Publish it. ``base``: the version that was in force when the official looked."""
    return studio.publish(context, draft_id, revision, base, note)
