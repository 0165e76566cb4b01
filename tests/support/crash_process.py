"""Cases whose offices answer as fast as they can, for processes that are killed at it."""

from __future__ import annotations

import sys


def run(count: str) -> None:
    """Each case: accepted, two offices side by side, a rule, a child case; then told of."""
    from pengcheng.domains.casework import api
    from tests.casework.processes import (
        FIREMAN,
        HEAD,
        WATER,
        WATERMAN,
        bundle,
        completed,
        filed,
        model,
        published,
        reviewed,
        step,
    )

    api.publish(context=HEAD, definition=bundle(step("look"), item_code="CHILD"))
    version = published(
        step("fire"),
        step("water", group=WATER),
        step("rule", "decision", decision="rule", after=("fire", "water")),
        step("sub", "subcase", child="CHILD", after=("rule",)),
        decisions=(model("rule", '"go on"', inputs=()),),
    )
    for number in range(int(count)):
        case = reviewed(filed(version))
        completed(case, "fire", FIREMAN)
        completed(case, "water", WATERMAN)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def faults() -> None:
    """What the journals of all cases say of themselves."""
    from pengcheng.domains.casework import api
    from pengcheng.domains.casework.models import CaseRecord
    from pengcheng.kernel.context import system_context

    for case_id in CaseRecord.objects.values_list("pk", flat=True):
        report = api.verify_journal(context=system_context("tests"), case_id=case_id)
        for fault in report.faults:
            sys.stdout.write(f"{case_id} {fault}\n")
    sys.stdout.write("looked\n")
    sys.stdout.flush()
