"""Which definitions there are, and what two of them say differently."""

from django.db.models import Max

from pengcheng.domains.casework.contracts import Definition
from pengcheng.domains.casework.contracts.studio import DefinitionRow, Difference
from pengcheng.domains.casework.models import DefinitionRecord, DraftRecord
from pengcheng.domains.casework.ops import definitions, studio, versions
from pengcheng.domains.casework.rules import differences, drafting
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit


def rows(context: Context, text: str) -> tuple[DefinitionRow, ...]:
    """Every item with a definition, most recently changed first."""
    permit(context, studio.EDIT, Resource(kind="definition"))
    items = (
        DefinitionRecord.objects.values_list("kind", "item_code")
        .annotate(last=Max("registered_at"))
        .order_by("-last", "item_code")
    )
    open_drafts = {
        (kind, code): draft
        for kind, code, draft in DraftRecord.objects.filter(state=DraftRecord.OPEN).values_list(
            "kind", "item_code", "id"
        )
    }
    found = (_row(kind, code, open_drafts.get((kind, code), "")) for kind, code, _ in items)
    wanted = text.strip().lower()
    return tuple(row for row in found if wanted in _searched(row))


def row(context: Context, kind: str, item_code: str) -> DefinitionRow:
    permit(context, studio.EDIT, Resource(kind="definition", id=item_code))
    draft = studio.open_drafts(kind, item_code).values_list("id", flat=True).first()
    return _row(kind, item_code, draft or "")


def _searched(row: DefinitionRow) -> str:
    return f"{row.item_code} {row.title.zh} {row.title.en} {row.department}".lower()


def _row(kind: str, item_code: str, draft: str) -> DefinitionRow:
    sha256, _number = studio.base_of(kind, item_code)
    definition = definitions.load(sha256)
    return DefinitionRow(
        kind=kind,
        item_code=item_code,
        title=definition.title,
        department=definition.department,
        sha256=sha256,
        version=versions.current(kind, item_code),
        draft=draft,
        steps=len(drafting.steps_of(definition)),
        decisions=len(drafting.decisions(definition)),
    )


def compared(context: Context, old: str, new: str) -> tuple[Difference, ...]:
    """What differs between two kept bundles."""
    permit(context, studio.EDIT, Resource(kind="definition"))
    return differences.between(definitions.load(old), definitions.load(new))


def changed(context: Context, old: str, new: Definition) -> tuple[Difference, ...]:
    """What a draft changes of the bundle at that address."""
    permit(context, studio.EDIT, Resource(kind="definition", id=new.item_code))
    return differences.between(definitions.load(old), new)
