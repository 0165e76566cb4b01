"""The door of the archive (电子档案): closed cases kept as packages, watched, and disposed of."""

from pengcheng.domains.licences.contracts.archives import (
    ArchivePackage,
    ArchivePage,
    ArchiveQuery,
    ArchiveStep,
    TakenForm,
)
from pengcheng.domains.licences.ops import archive_reading, archive_taking, archiving
from pengcheng.kernel.context import Context


def pack_case(*, context: Context, case_id: str) -> str:
    """Keep a closed case as a package (BagIt, SHA-256 and SM3); answers its id; once a case."""
    return archiving.pack(context, case_id)


def search_archive(*, context: Context, query: ArchiveQuery) -> ArchivePage:
    """Packages, newest first."""
    return archive_reading.search(context, query)


def archive_package(*, context: Context, package_id: str) -> ArchivePackage:
    """One package: its files' names, its history, what may be done. Raises NotFound."""
    return archive_reading.package(context, package_id)


def check_package(*, context: Context, package_id: str) -> tuple[str, ...]:
    """Recompute every hash; answers what is wrong, in words."""
    return archiving.check(context, package_id)


def check_oldest_packages(*, context: Context) -> int:
    """The daily scan; answers how many packages are not whole."""
    return archiving.check_oldest(context)


def archive_step(
    *, context: Context, package_id: str, step: ArchiveStep, reason: str
) -> ArchivePackage:
    """Hold, let go, propose destruction, keep on, destroy: with a reason, and the last of another
    person than the one who proposed. Raises Invalid or Conflict."""
    return archiving.take_step(context, package_id, step, reason)


def take_package(
    *, context: Context, package_id: str, form: TakenForm = "bag"
) -> tuple[str, bytes]:
    """(file name, tar) of a whole package, as a bag or as E-ARK SIP."""
    return archive_taking.take(context, package_id, form)
