"""What happened on the stream."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pengcheng.domains.sensing.contracts import Provenance, Severity
from pengcheng.domains.streams.contracts import Verdict
from pengcheng.kernel.event import Event


class RuleFired(Event, frozen=True, kw_only=True):
    """A rule held for an entity. Its cause is the last of ``observations``."""

    type: ClassVar[str] = "streams.rule.fired"
    firing: str
    rule: str
    rule_zh: str
    rule_en: str
    version: int
    severity: Severity
    incident: bool
    verdict: Verdict
    entity: str
    attribute: str
    value: float
    unit_code: str
    provenance: Provenance
    observations: tuple[str, ...]
    at: datetime
