"""What the licences do by themselves: they expire, and every change goes on record."""

from django_tasks import task

from pengcheng.domains.ledger import api as ledger
from pengcheng.domains.licences import api
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
