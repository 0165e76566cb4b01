"""The door for officials who change definitions: drafts, differences, trial, publication."""

from collections.abc import Mapping

from pengcheng.domains.casework.contracts import (
    DecisionModel,
    Definition,
    Label,
    ProcessStep,
    Version,
)
from pengcheng.domains.casework.contracts.studio import (
    Awaiting,
    DefinitionRow,
    Difference,
    Draft,
    FileReading,
    Trial,
)
from pengcheng.domains.casework.ops import (
    studio,
    studio_approval,
    studio_asking,
    studio_files,
    studio_list,
    studio_trial,
)
from pengcheng.domains.casework.rules import drafting, step_table
from pengcheng.kernel.context import Context
from pengcheng.kit.bpmn.picture import State


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


def try_draft(*, context: Context, draft_id: str, decision: int) -> Trial:
    """Ask a decision of the draft about past cases. Needs a purpose; one line in the audit."""
    return studio_trial.run(context, draft_id, decision)


def may_publish(*, context: Context, draft: Draft) -> bool:
    """Whether the asker may publish it, or a second official has to (four eyes)."""
    return studio_approval.may_publish(context, draft)


def ask_approval(*, context: Context, draft_id: str, revision: int, note: str) -> Draft:
    """Put a sound draft before a colleague. `Invalid` while it has faults."""
    return studio_asking.ask(context, draft_id, revision, note)


def send_back_draft(*, context: Context, draft_id: str, revision: int, reason: str) -> Draft:
    """Refuse to publish it as it is, and say why. `Conflict` when nobody asks."""
    return studio_asking.send_back(context, draft_id, revision, reason)


def awaiting_approval(*, context: Context) -> tuple[Awaiting, ...]:
    """Drafts that wait for a second official, longest waiting first."""
    return studio_asking.awaiting(context)


def publish_draft(
    *, context: Context, draft_id: str, revision: int, base: int | None, note: str
) -> Version:
    """Publish it. ``base``: the version that was in force when the official looked.

    `Conflict` for whoever made the last change: a second official publishes (`ask_approval`)."""
    return studio.publish(context, draft_id, revision, base, note)


# --- parts of a definition: nothing is kept before `save_draft` ----------------------------


def put_step(*, definition: Definition, place: int, step: ProcessStep) -> Definition:
    """The row at ``place``, or a new last one; rows after it follow a new id."""
    return step_table.put(definition, place, step)


def move_step(*, definition: Definition, place: int, by: int) -> Definition:
    """A row up (-1) or down (1)."""
    return step_table.move(definition, place, by)


def remove_step(*, definition: Definition, place: int) -> Definition:
    """Without the row; rows after it begin after what it began after."""
    return step_table.remove(definition, place)


def decisions_of(*, definition: Definition) -> dict[int, DecisionModel]:
    """Its decision models: 0 is the one that the case hangs on, those of steps count from 1."""
    return drafting.decisions(definition)


def put_decision(*, definition: Definition, number: int, model: DecisionModel) -> Definition:
    """The model in the place of that number; its address follows its bytes."""
    return drafting.with_decision(definition, number, drafting.with_dmn(model, model.dmn))


def new_decision(*, definition: Definition, name: str) -> Definition:
    """One more decision for steps to ask: a table with one rule."""
    return studio_files.new_decision(definition, name)


def process_xml(*, context: Context, definition: Definition) -> str:
    """The step table as a BPMN 2.0 file."""
    return studio_files.process_xml(context, definition)


def process_picture(
    *,
    definition: Definition,
    language: str,
    states: Mapping[str, State] | None = None,
    groups: Mapping[str, str] | None = None,
) -> str:
    """The process as SVG, its steps coloured by ``states``; empty when it has no steps.

    ``groups`` gives the names that people know groups by.
    """
    return studio_files.picture(definition, language, states or {}, groups or {})


def read_bpmn(*, definition: Definition, data: bytes) -> FileReading:
    """The definition with the process of a BPMN file, or why the file is refused."""
    return studio_files.read_bpmn(definition, data)


def read_dmn(*, definition: Definition, number: int, data: bytes) -> FileReading:
    """The definition with the decision of a DMN file, or why the file is refused."""
    return studio_files.read_dmn(definition, number, data)
