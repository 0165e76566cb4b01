"""A copy of one's own data to take away (article 28): free, whole, and readable by machines."""

from __future__ import annotations

from typing import Any

import msgspec

from pengcheng.domains.dataaccount.contracts import LogQuery
from pengcheng.domains.dataaccount.ops import consenting, looking
from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.contracts import REGISTERS
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Unavailable


def copy(context: Context) -> dict[str, Any]:
    """Account, registers, consents, access log. What is silent now is named as missing."""
    subject = consenting.subject_of(context)
    asking = context.for_purpose("dataaccount.copy")
    what = Resource(kind="data-account", id=subject, owner=subject or None)
    with act(context, "dataaccount.own.export", what) as acting:
        registers, missing = _registers(asking, subject)
        log = looking.log(context, LogQuery(own=True, size=looking.MOST))
        acting.note(registers=sorted(registers), missing=missing)
        return {
            "made_at": clock.now().isoformat(),
            "account": msgspec.to_builtins(identity.find(asking, account_id=subject)),
            "registers": registers,
            "missing": missing,
            "consents": msgspec.to_builtins(consenting.consents(context)),
            "access_log": msgspec.to_builtins(log.looks),
            "access_log_total": log.total,
        }


def _registers(context: Context, subject: str) -> tuple[dict[str, dict[str, str]], list[str]]:
    found: dict[str, dict[str, str]] = {}
    missing = []
    for register in REGISTERS:
        try:
            extract = identity.read_register(context, register=register.id, account_id=subject)
        except Unavailable:
            missing.append(register.id)
            continue
        if extract.values:
            found[register.id] = extract.values
    return found, missing
