"""Finding packages and telling what is known of them."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from pengcheng.domains.licences.contracts.archives import (
    ArchiveEvent,
    ArchivePackage,
    ArchivePage,
    ArchiveQuery,
    ArchiveRow,
    ArchiveState,
    ArchiveStep,
)
from pengcheng.domains.licences.models import ArchiveLine, ArchivePackageRecord
from pengcheng.domains.licences.rules import archives as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, allowed
from pengcheng.kernel.problems import Conflict, NotFound
from pengcheng.kit import archive

DISPOSAL = {ArchiveStep.PROPOSED, ArchiveStep.KEPT_ON, ArchiveStep.DISPOSED}


def store() -> archive.Store:
    return _store(Path(settings.PENGCHENG_HOME) / "archive")


@cache
def _store(root: Path) -> archive.Store:
    return archive.Store(root)


def name(package_id: str) -> str:
    return f"urn:pengcheng:archive:{package_id}"


def digest(files: dict[str, bytes]) -> str:
    """One hash for the whole package: over both manifests of its tags."""
    tags = (files[f"tagmanifest-{algorithm}.txt"] for algorithm in archive.ALGORITHMS)
    return hashlib.sha256(b"".join(tags)).hexdigest()


def find(package_id: str, *, lock: bool = False) -> ArchivePackageRecord:
    rows = ArchivePackageRecord.objects.all()
    row = (rows.select_for_update() if lock else rows).filter(pk=package_id).first()
    if row is None:
        raise NotFound(
            code="licences.archive.not_found",
            zh="没有该档案",
            en="There is no such package",
            next_zh="请返回档案列表。",
            next_en="Go back to the archive.",
        )
    return row


def write(
    context: Context,
    row: ArchivePackageRecord,
    step: ArchiveStep,
    *,
    good: bool = True,
    note: str = "",
) -> None:
    """A line of the package's history."""
    person = context.actor.kind not in {"system", "anonymous"}
    ArchiveLine.objects.create(
        package=row,
        seq=row.lines.count() + 1,
        step=step,
        at=clock.now(),
        actor_id=context.actor.id if person else "",
        actor_name=context.actor.name if person else "",
        good=good,
        note=note,
    )


def content(row: ArchivePackageRecord) -> dict[str, bytes]:
    """The package's files. Raises Conflict if the store cannot give them as they were."""
    try:
        return store().read(name(row.id))
    except (archive.Missing, archive.Damaged) as error:
        raise Conflict(
            code="licences.archive.damaged",
            zh="该档案在存储中已缺失或损坏，不能取出",
            en="The package is missing or damaged in the store and cannot be taken out",
            next_zh="请先对该档案做一次检查，查看损坏之处，再从备份恢复。",
            next_en="Check the package to see what is damaged, and restore it from a backup.",
        ) from error


def faults(row: ArchivePackageRecord) -> tuple[str, ...]:
    """What is wrong with the package in the store."""
    try:
        files = store().read(name(row.id))
    except (archive.Missing, archive.Damaged):
        return tuple(store().faults(name(row.id)))
    found = archive.bag_faults(files)
    if not found and digest(files) != row.digest:
        found = ["it is whole, but not the package that was archived"]
    return tuple(found)


def steps(row: ArchivePackageRecord, context: Context) -> frozenset[ArchiveStep]:
    state = ArchiveState(row.state)
    due = row.dispose_after is not None and row.dispose_after < clock.today()
    own = row.proposed_by == context.actor.id
    can = rules.steps(state, held=row.held, due=due, own_proposal=own)
    if not allowed(context, "licences.archive.dispose", Resource(kind="archive", id=row.id)):
        can -= DISPOSAL
    return frozenset(can)


def search(context: Context, query: ArchiveQuery) -> ArchivePage:
    """Newest first."""
    with act(context, "licences.archive.search", Resource(kind="archive")) as acting:
        rows = ArchivePackageRecord.objects.all()
        if query.text:
            some = Q(reference__icontains=query.text) | Q(title_zh__icontains=query.text)
            rows = rows.filter(some | Q(title_en__icontains=query.text))
        if query.state:
            rows = rows.filter(state=query.state)
        if query.due:
            rows = rows.filter(dispose_after__lt=clock.today(), state=ArchiveState.KEPT)
        total = rows.count()
        page = max(1, min(query.page, -(-total // query.size) or 1))
        some_rows = rows.order_by("-archived_at")[(page - 1) * query.size : page * query.size]
        found = tuple(row_of(row) for row in some_rows)
        acting.note(found=total)
    return ArchivePage(rows=found, total=total, page=page)


def package(context: Context, package_id: str) -> ArchivePackage:
    """The package with the list of its files, not their content. Whose it is sees that."""
    with act(context, "licences.archive.read", Resource(kind="archive", id=package_id)) as acting:
        row = find(package_id)
        acting.concerns(Resource(kind="archive", id=row.id, owner=row.owner_id))
        return ArchivePackage(
            row=row_of(row),
            digest=row.digest,
            contents=_contents(row),
            events=events(row),
            faults=_last_faults(row),
            steps=steps(row, context),
        )


def _contents(row: ArchivePackageRecord) -> tuple[tuple[str, int], ...]:
    if row.state == ArchiveState.DISPOSED:
        return ()
    folder = store().folder(name(row.id)) / "v1" / "content"
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((str(path.relative_to(folder)), path.stat().st_size) for path in found)


def _last_faults(row: ArchivePackageRecord) -> tuple[str, ...]:
    if row.whole:
        return ()
    line = row.lines.filter(step=ArchiveStep.CHECKED).order_by("-seq").first()
    return tuple(line.note.split("; ")) if line else ()


def events(row: ArchivePackageRecord) -> tuple[ArchiveEvent, ...]:
    return tuple(_event(line) for line in row.lines.order_by("seq"))


def _event(line: ArchiveLine) -> ArchiveEvent:
    return ArchiveEvent(
        seq=line.seq,
        step=ArchiveStep(line.step),
        at=line.at,
        actor_id=line.actor_id,
        actor_name=line.actor_name,
        good=line.good,
        note=line.note,
    )


def row_of(row: ArchivePackageRecord) -> ArchiveRow:
    return ArchiveRow(
        id=row.id,
        case_id=row.case_id,
        reference=row.reference,
        title_zh=row.title_zh,
        title_en=row.title_en,
        department=row.department,
        state=ArchiveState(row.state),
        retention=rules.periods()[row.retention],
        dispose_after=row.dispose_after,
        held=row.held,
        whole=row.whole,
        checked_at=row.checked_at,
        archived_at=row.archived_at,
        files=row.files,
        size=row.size,
    )


def not_now() -> Conflict:
    return Conflict(
        code="licences.archive.not_now",
        zh="该档案当前不能进行此操作",
        en="This cannot be done with the package now",
        next_zh="请刷新页面查看其状态；销毁须由另一人批准，冻结的档案不得销毁。",
        next_en="Look at its state anew; another person must approve, and what is held stays.",
    )
