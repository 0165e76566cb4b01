"""What the licences do by themselves: they expire, and every change goes on record."""

from django_tasks import task

from pengcheng.domains.casework.events import CaseClosed
from pengcheng.domains.ledger import api as ledger
from pengcheng.domains.licences import api
from pengcheng.domains.licences.api import archives
from pengcheng.domains.licences.events import (
    LicenceEvent,
    LicenceExpired,
    LicenceIssued,
    LicenceRenewed,
    LicenceReplaced,
    LicenceResumed,
    LicenceRevoked,
    LicenceSuspended,
)
from pengcheng.kernel import jobs
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import Envelope, hears


@task()
def expire_due() -> int:
    """Note down what has come to its last day; every hour."""
    return api.expire_due(context=system_context("licences"))


@hears(LicenceIssued)
@hears(LicenceRenewed)
@hears(LicenceReplaced)
@hears(LicenceSuspended)
@hears(LicenceResumed)
@hears(LicenceRevoked)
@hears(LicenceExpired)
def put_on_record(envelope: Envelope, event: LicenceEvent) -> None:
    """The change's hash and nothing else: salted below, it tells nobody anything."""
    ledger.append(context=envelope.context("licences"), kind=api.ON_RECORD, digest=event.change)


@hears(CaseClosed)
def archive_case(envelope: Envelope, event: CaseClosed) -> None:
    """Packing reads and writes files: it is done beside, and again if it fails."""
    jobs.enqueue(pack_case, unique_key=f"archive/{event.case_id}", case_id=event.case_id)


@task()
def pack_case(case_id: str) -> str:
    """Keep a closed case as a package."""
    return archives.pack_case(context=system_context("archives"), case_id=case_id)


@task()
def check_packages() -> int:
    """Recompute the hashes of the packages that were looked at longest ago; every day."""
    return archives.check_oldest_packages(context=system_context("archives"))
