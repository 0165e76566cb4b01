"""Who may register: added with a password that is shown once, ended, given a new one."""

from __future__ import annotations

import os
import secrets

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from pengcheng.domains.cameras import contracts, models
from pengcheng.domains.cameras.ops import shared
from pengcheng.domains.cameras.rules import checks
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict
from pengcheng.kit.sip import digest, numbers

DEFAULT_NUMBER = "44030000002000000001"
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that are taken for each other


def desk() -> contracts.Desk:
    """How we are called, and where we listen."""
    number = os.environ.get("PENGCHENG_SIP_ID", DEFAULT_NUMBER)
    if numbers.read(number) is None:
        raise ValueError("PENGCHENG_SIP_ID is no 20-digit number of GB/T 28181")
    port = os.environ.get("PENGCHENG_SIP_PORT", "")
    return contracts.Desk(number=number, domain=numbers.domain(number), port=int(port or 0))


def _password() -> str:
    """About 79 bits, typed by hand into devices."""
    return "".join(secrets.choice(LETTERS) for _ in range(16))


def add(context: Context, given: contracts.NewSource) -> contracts.Shown:
    shared.refuse(checks.source_faults(given))
    password, realm, now = _password(), desk().domain, clock.now()
    with act(context, "cameras.source.add", Resource(kind="source", id=given.number)) as acting:
        try:
            with transaction.atomic():
                row = models.Source.objects.create(
                    number=given.number,
                    name=given.name.strip(),
                    realm=realm,
                    algorithm=given.algorithm,
                    ha1=digest.ha1(given.algorithm, given.number, realm, password),
                    simulated=given.simulated,
                    added_at=now,
                    changed_at=now,
                )
        except IntegrityError as reason:
            raise Conflict(
                code="cameras.source.taken",
                zh="该编码已登记",
                en="This number is registered already",
                next_zh="请核对编码；停用的设备可以重新启用。",
                next_en="Check the number; one that was ended can be taken in again.",
            ) from reason
        acting.note(algorithm=given.algorithm, simulated=given.simulated)
    return contracts.Shown(source=shared.source_of(row), password=password)


def renew(context: Context, number: str) -> contracts.Shown:
    """A new password; what was ended may register again."""
    password = _password()
    with act(context, "cameras.source.add", Resource(kind="source", id=number)) as acting:
        row = shared.source_row(number, lock=True)
        row.realm, row.changed_at = desk().domain, clock.now()
        row.ha1 = digest.ha1(row.algorithm, number, row.realm, password)  # type: ignore[arg-type]
        acting.note(again=row.ended_at is not None)
        row.ended_at, row.online = None, False
        row.save()
        shared.touch(number)
    return contracts.Shown(source=shared.source_of(row), password=password)


def end(context: Context, number: str) -> contracts.Source:
    """It may register no more; what it told of stays on record."""
    with act(context, "cameras.source.end", Resource(kind="source", id=number)):
        row = shared.source_row(number, lock=True)
        row.changed_at = clock.now()
        row.ended_at, row.online = row.ended_at or row.changed_at, False
        row.save()
        shared.touch(number)
    return shared.source_of(row)


def listed(words: str, offset: int, limit: int) -> tuple[tuple[contracts.Source, ...], int]:
    rows = models.Source.objects.filter(Q(number__contains=words) | Q(name__icontains=words))
    here = Count("cameras", filter=Q(cameras__gone_at=None))
    page = rows.annotate(camera_count=here)[offset : offset + limit]
    return tuple(shared.source_of(row, row.camera_count) for row in page), rows.count()


def one(number: str) -> contracts.Source:
    row = shared.source_row(number)
    return shared.source_of(row, row.cameras.filter(gone_at=None).count())
