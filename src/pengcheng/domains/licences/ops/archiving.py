"""A closed case becomes a package that reads without this product, and is watched from then on."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import msgspec
from django.conf import settings

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.contracts import Dossier
from pengcheng.domains.licences.contracts.archives import (
    ArchiveEvent,
    ArchivePackage,
    ArchiveState,
    ArchiveStep,
)
from pengcheng.domains.licences.models import ArchiveLine, ArchivePackageRecord
from pengcheng.domains.licences.ops import archive_reading as reading
from pengcheng.domains.licences.ops import archive_record
from pengcheng.domains.licences.rules import archives as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.ids import new_id
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import FieldError, Invalid
from pengcheng.kit import archive
from pengcheng.kit.forms import uploads

PURPOSE = "archive.keeping"
AGENT = ("Pengcheng 鹏城", "urn:pengcheng:system:archives")
BATCH = 200


def pack(context: Context, case_id: str) -> str:
    """Keep a closed case; answers the package's id. The second time nothing happens."""
    with act(context, "licences.archive.pack", Resource(kind="archive")) as acting:
        known = ArchivePackageRecord.objects.filter(case_id=case_id).first()
        if known is not None:
            return known.id
        found = casework.dossier(context=context.for_purpose(PURPOSE), case_id=case_id)
        row = _row(found)
        acting.concerns(Resource(kind="archive", id=row.id, owner=row.owner_id))
        payload = _payload(context, found)
        event = ArchiveEvent(
            seq=1, step=ArchiveStep.INGESTED, at=row.archived_at, actor_id="", actor_name="",
            good=True, note=f"{len(payload)} files",
        )  # fmt: skip
        files = archive.bag(payload, info=_info(row), tags=_tags(row, found, payload, event))
        row.digest = reading.digest(files)
        row.files, row.size = len(files), sum(map(len, files.values()))
        row.save(force_insert=True)
        reading.write(context, row, ArchiveStep.INGESTED, note=event.note)
        _keep(row.id, files)
        acting.note(digest=row.digest, files=row.files)
    return row.id


def _keep(package_id: str, files: dict[str, bytes]) -> None:
    """A folder without a row was left by a process that was killed: it is made anew."""
    store, name = reading.store(), reading.name(package_id)
    info = archive.VersionInfo(clock.now(), "归档", *AGENT)
    try:
        store.put(name, files, info)
    except archive.Exists:
        store.remove(name)
        store.put(name, files, info)


def _row(found: Dossier) -> ArchivePackageRecord:
    case, now = found.case, clock.now()
    period = rules.retention_of(case.title.zh)
    return ArchivePackageRecord(
        id=new_id(),
        case_id=case.id,
        reference=case.reference,
        title_zh=case.title.zh,
        title_en=case.title.en,
        department=case.department,
        owner_id=case.owner.id,
        retention=period.id,
        dispose_after=rules.dispose_after(clock.local(case.updated_at).date(), period),
        state=ArchiveState.KEPT,
        checked_at=now,
        archived_at=now,
    )


def _payload(context: Context, found: Dossier) -> dict[str, bytes]:
    case, asking = found.case, context.for_purpose(PURPOSE)
    definition = casework.get_definition(context=asking, sha256=case.definition)
    told = {
        "case.json": msgspec.json.encode(case),
        "journal.json": msgspec.json.encode(found.journal),
        "definition.json": msgspec.json.encode(definition),
    }
    told = {name: msgspec.json.format(text, indent=2) for name, text in told.items()}
    told |= archive_record.rendition(found)
    for number, letter in enumerate(found.letters, 1):
        _, body = casework.read_letter(context=asking, case_id=case.id, letter_id=letter.id)
        told[f"letters/{number:02}-{rules.safe_name(letter.title.zh)}.pdf"] = body
    return told | _materials(found)


def _materials(found: Dossier) -> dict[str, bytes]:
    """The files that were handed in. One that is gone or changed is said so, in its place."""
    told: dict[str, bytes] = {}
    for number, evidence in enumerate(found.case.submission.evidence, 1):
        if not evidence.sha256 or not evidence.url:
            continue
        name = f"materials/{number:02}-{rules.safe_name(evidence.label.zh)}"
        path = uploads.whole(Path(settings.PENGCHENG_HOME) / "uploads", evidence.sha256)
        if path is None:
            told[f"{name}.missing.txt"] = f"{evidence.sha256}\n".encode()
        else:
            told[name + _ending(path.read_bytes())] = path.read_bytes()
    return told


def _ending(content: bytes) -> str:
    kinds = {b"%PDF": ".pdf", b"\x89PNG": ".png", b"\xff\xd8\xff\xe0": ".jpg"}
    return kinds.get(content[:4], ".jpg" if content[:2] == b"\xff\xd8" else ".bin")


def _info(row: ArchivePackageRecord) -> dict[str, str]:
    return {
        "Source-Organization": row.department or AGENT[0],
        "External-Identifier": row.reference,
        "External-Description": row.title_zh,
        "Internal-Sender-Identifier": reading.name(row.id),
        "Bagging-Date": rules.stamp(clock.local(row.archived_at)),
        "Bag-Software-Agent": AGENT[0],
    }


def _tags(
    row: ArchivePackageRecord, found: Dossier, payload: dict[str, bytes], event: ArchiveEvent
) -> dict[str, bytes]:
    period = rules.periods()[row.retention]
    told = {
        "档号": row.reference,
        "题名": row.title_zh,
        "责任者": row.department,
        "日期": rules.stamp(clock.local(found.case.updated_at)),
        "保管期限": period.zh,
        "办理结果": str(found.case.outcome or found.case.state),
        "文件数": str(len(payload)),
        "过程记录完整性": "完整" if found.report.intact else "存疑",
    }
    files = {f"data/{path}": content for path, content in payload.items()}
    return {
        "metadata/description.xml": rules.description(told),
        "metadata/premis.xml": rules.premis(reading.name(row.id), files, [event]),
    }


# --- watching -------------------------------------------------------------------------------


def check(context: Context, package_id: str) -> tuple[str, ...]:
    """Recompute every hash of a package; answers what is wrong."""
    with act(context, "licences.archive.check", Resource(kind="archive", id=package_id)) as acting:
        row = reading.find(package_id, lock=True)
        if row.state == ArchiveState.DISPOSED:
            raise reading.not_now()
        faults = reading.faults(row)
        row.whole, row.checked_at = not faults, clock.now()
        row.save(update_fields=["whole", "checked_at"])
        reading.write(
            context, row, ArchiveStep.CHECKED, good=not faults, note="; ".join(faults)[:1000]
        )
        acting.note(whole=not faults)
    return faults


def check_oldest(context: Context) -> int:
    """The daily scan: those that have not been looked at for longest; answers how many are ill."""
    permit(context, "licences.archive.check")
    recent = clock.now() - timedelta(days=7)
    lines = ArchiveLine.objects.filter(step=ArchiveStep.DISPOSED, at__gte=recent)
    for package_id in lines.values_list("package_id", flat=True):
        _destroy(package_id)  # what a crash has left behind
    rows = ArchivePackageRecord.objects.exclude(state=ArchiveState.DISPOSED)
    ids = list(rows.order_by("checked_at").values_list("pk", flat=True)[:BATCH])
    return sum(bool(check(context, package_id)) for package_id in ids)


# --- steps of archivists ----------------------------------------------------------------------


def take_step(context: Context, package_id: str, step: ArchiveStep, reason: str) -> ArchivePackage:
    """Hold, let go, propose, keep on or destroy. Raises Invalid without a reason, Conflict when
    the package's state does not allow it, Denied for a stranger."""
    action = "licences.archive.dispose" if step in reading.DISPOSAL else "licences.archive.hold"
    if not reason.strip():
        zh, en = "请填写理由", "Give the reason"
        raise Invalid(
            code="licences.archive.reason", zh=zh, en=en, errors=[FieldError("/reason", zh, en)]
        )
    with act(context, action, Resource(kind="archive", id=package_id)) as acting:
        row = reading.find(package_id, lock=True)
        if step not in reading.steps(row, context):
            raise reading.not_now()
        _change(row, step, context)
        reading.write(context, row, step, note=reason.strip()[:1000])
        acting.note(step=step.value)
    if step == ArchiveStep.DISPOSED:  # once it is on record: a crash here leaves it to the scan
        _destroy(package_id)
    return reading.package(context, package_id)


def _destroy(package_id: str) -> None:
    with suppress(archive.Missing):
        reading.store().remove(reading.name(package_id))


def _change(row: ArchivePackageRecord, step: ArchiveStep, context: Context) -> None:
    if step in {ArchiveStep.HELD, ArchiveStep.LET_GO}:
        row.held = step == ArchiveStep.HELD
    elif step == ArchiveStep.PROPOSED:
        row.state, row.proposed_by = ArchiveState.PROPOSED, context.actor.id
    elif step == ArchiveStep.KEPT_ON:
        row.state, row.proposed_by = ArchiveState.KEPT, ""
    else:
        row.state, row.size, row.files = ArchiveState.DISPOSED, 0, 0
    row.save()
