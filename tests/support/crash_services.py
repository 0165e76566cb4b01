"""People who apply without pause, so that their city can be killed in the middle of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from msgspec.structs import replace

ITEM = "11440000553612461J2442111660000"
TOLD = {
    "name": "陈晓明（虚构）",
    "resident-id": "11010519491231002X",
    "mobile": "13800000000",
    "insured-elsewhere": "yes",
    "deregistered": "yes",
    "arrears": "no",
    "new-city": "深圳市",
    "since": "2026-01-05",
    "by-delegate": "no",
    "true": "yes",
}
AT_ONCE = 3


def load() -> None:
    """The catalogue with the one item that is applied for."""
    from pengcheng.demo.shenzhen import services as demo
    from pengcheng.domains.services import api
    from pengcheng.kernel.context import system_context

    whole = demo.shipment()
    rows = tuple(row for row in whole.rows if row["TASK_CODE"] == ITEM)
    few = replace(whole, rows=rows, situations=(), featured=(ITEM,))
    api.load_items(context=system_context("tests"), shipment=few)


def apply_all(scenario: str, count: int, say: Callable[[str], None]) -> None:
    """Key after key, several at once; every third is refused. Says each that was answered."""
    from pengcheng.domains.services import api
    from pengcheng.kernel import audit
    from pengcheng.kernel.context import Actor, Context

    actor = Actor(id=f"{scenario}-chen", kind="person", name="陈", roles=frozenset({"citizen"}))
    context = Context(actor=actor, purpose="test")

    def one(number: int) -> None:
        told = TOLD | ({"arrears": "yes"} if number % 3 == 0 else {})
        key = f"{scenario}-{number:04d}"
        applied = api.apply_at_once(context=context, code=ITEM, answers=told, key=key)
        say(f"{key} {applied.case_id} {applied.outcome} {applied.licence_number or '-'}")

    say("applying")
    with ThreadPoolExecutor(AT_ONCE) as people:
        list(people.map(one, range(count)))
    say("all" if audit.verify().whole else "the audit chain is broken")
