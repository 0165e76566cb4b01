"""A package on its way out: as it is kept (BagIt), or as other archives take it over (E-ARK)."""

import io
import tarfile
from datetime import UTC

from pengcheng.domains.licences.contracts.archives import (
    ArchiveState,
    ArchiveStep,
    TakenForm,
)
from pengcheng.domains.licences.models import ArchivePackageRecord
from pengcheng.domains.licences.ops import archive_reading as reading
from pengcheng.domains.licences.rules import archives as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kit.archive import eark


def take(context: Context, package_id: str, form: TakenForm) -> tuple[str, bytes]:
    """The package as one file (tar), e.g. to hand it to an archive; written into its history."""
    with act(context, "licences.archive.take", Resource(kind="archive", id=package_id)) as acting:
        row = reading.find(package_id, lock=True)
        if row.state == ArchiveState.DISPOSED:
            raise reading.not_now()
        acting.concerns(Resource(kind="archive", id=row.id, owner=row.owner_id))
        acting.note(form=form)
        files = reading.content(row)
        if form == "e-ark":
            files = _eark(row, files)
        reading.write(context, row, ArchiveStep.TAKEN, note="E-ARK" if form == "e-ark" else "")
    ending = "-e-ark.tar" if form == "e-ark" else ".tar"
    return f"{row.reference}{ending}", _tar(row.reference, files)


def _eark(row: ArchivePackageRecord, files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files in the other order; the bag's manifests go along as documentation, so that
    the package's fingerprint can still be shown."""
    data = _below("data/", files)
    about = eark.About(
        identifier=row.reference,
        title=row.title_zh,
        creator=row.department or "Pengcheng",
        date=str(clock.local(row.archived_at).date()),
        at=row.archived_at.astimezone(UTC),
    )
    placed = {f"{eark.REP}/data/{path}": content for path, content in data.items()}
    events = reading.events(row)
    return eark.sip(
        about,
        data=data,
        descriptive={"description.xml": files["metadata/description.xml"]},
        premis=rules.premis(reading.name(row.id), placed, events),
        documentation={
            f"bag/{path}": content for path, content in files.items() if "/" not in path
        },
    )


def _below(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {
        path.removeprefix(folder): content
        for path, content in files.items()
        if path.startswith(folder)
    }


def _tar(folder: str, files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in sorted(files.items()):
            member = tarfile.TarInfo(f"{folder}/{path}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return target.getvalue()
