"""The door of life events: definitions, the filings of a person, what officials may see of them."""

from __future__ import annotations

from pengcheng.domains.services.contracts.lifeevents import EventInShort, Filing, LifeEvent
from pengcheng.domains.services.ops import exporting, lifeevents_fees
from pengcheng.domains.services.ops import lifeevents as filing
from pengcheng.domains.services.ops import lifeevents_reading as reading
from pengcheng.domains.services.ops import lifeevents_results as results
from pengcheng.domains.services.ops.exporting import Format
from pengcheng.domains.services.ops.lifeevents_fees import ABOUT
from pengcheng.domains.services.rules import lifeevents as rules
from pengcheng.domains.services.rules.lifeevents import KIND
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import NotFound

__all__ = ["ABOUT", "KIND"]


def events() -> tuple[LifeEvent, ...]:
    """All events that are defined."""
    return tuple(rules.events().values())


def event(*, id: str) -> LifeEvent:
    """One event. Raises NotFound."""
    found = rules.events().get(id)
    if found is None:
        raise NotFound(
            code="services.event.not_found",
            zh="没有这一件事",
            en="There is no such event",
            next_zh="请从“一件事”列表进入。",
            next_en="Choose one from the list of life events.",
        )
    return found


def event_of_item(*, code: str) -> LifeEvent | None:
    """The event whose one form is applied for under this code."""
    return rules.by_code().get(code)


def is_extra(*, code: str) -> bool:
    """Whether the entry is one of ours beside the loaded catalogue."""
    return code in rules.extras()


def stages(*, event: LifeEvent) -> dict[str, int]:
    """Which parts run side by side: the number of each part's stage."""
    return rules.stages(event)


def longest(*, event: LifeEvent) -> int:
    """Working days of the longest way through."""
    return rules.longest(event)


def publish_events(*, base: str, format: Format) -> bytes:
    """The events and their parts as CPSV-AP; ``base`` is the address under which it is served."""
    return exporting.publish_events(base, format)


def own_filings(*, context: Context) -> tuple[Filing, ...]:
    """The person's filings, newest first."""
    return reading.own(context)


def get_filing(*, context: Context, filing_id: str) -> Filing:
    """One filing with its timeline, for its owner. Raises NotFound or Denied."""
    return reading.get(context, filing_id)


def filing_of_case(*, case_id: str) -> str:
    """The id of the filing that a case is a part of; empty when there is none."""
    return reading.of_case(case_id)


def filing_of_draft(*, draft_id: str) -> str:
    """The id of the filing sent with a draft; empty before it is sent."""
    return reading.of_draft(draft_id)


def resend(*, context: Context, draft_id: str, note: str = "") -> str:
    """Send corrected answers to the parts that wait for them; answers the filing's id."""
    return results.resend(context, draft_id, note)


def withdraw(*, context: Context, filing_id: str, reason: str = "") -> None:
    """Take back all parts that are not decided."""
    results.withdraw(context, filing_id, reason)


def in_short(*, context: Context, filing_id: str) -> EventInShort:
    """How the parts stand, for officials of one of them; no contents."""
    return reading.in_short(context, filing_id)


def case_moved(*, context: Context, case_id: str) -> None:
    """Take over how a part's case stands now."""
    results.case_moved(context, case_id)


def to_pay(*, context: Context, filing_id: str) -> str:
    """The id of the order to pay now; a fresh one when the last ran out. Raises Conflict."""
    return lifeevents_fees.to_pay(context, filing_id)


def paid(*, context: Context, order_id: str) -> None:
    """The one payment came in."""
    results.paid(context, order_id)


def send(*, context: Context, draft_id: str) -> str:
    """Send the one form of an event; answers the filing's id. Again is harmless."""
    return filing.send(context, draft_id).case_id
