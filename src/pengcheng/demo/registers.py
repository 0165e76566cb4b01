"""What the simulated registers say about the demo's persons: invented, and impossible on purpose.

The numbers begin with 99, a province that does not exist; their check characters are right, so
that forms can be tried with them.
"""

from __future__ import annotations

from pengcheng.domains.identity import api as identity
from pengcheng.kernel.context import Context, system_context
from pengcheng.kit.forms import checks


def _resident_id(body: str) -> str:
    return body + checks.id_check(body)


def _credit_code(body: str) -> str:
    return body + checks.code_check(body)


FACTS = (
    (
        "citizen",
        "identity.person",
        {
            "name": "陈晓明（虚构）",
            "resident_id": _resident_id("99000019900307001"),
            "birth_date": "1990-03-07",
            "household": "虚构市虚构区",
            "mobile": "13800000000",
        },
    ),
    (
        "senior",
        "identity.person",
        {
            "name": "何美玉（虚构）",
            "resident_id": _resident_id("99000019600515002"),
            "birth_date": "1960-05-15",
            "household": "虚构市虚构区",
            "mobile": "13800000001",
        },
    ),
    (
        "child",
        "identity.person",
        {
            "name": "陈小鹏（虚构）",
            "resident_id": _resident_id("99000020180601001"),
            "birth_date": "2018-06-01",
            "household": "虚构市虚构区",
            "parent": "citizen",
        },
    ),
    (
        "citizen",
        "labour.person",
        {"degree": "master", "graduated_on": "2024-06-30", "insured_since": "2024-08-01"},
    ),
    (
        "firm",
        "identity.organisation",
        {
            "name": "鹏城示例餐饮有限公司（虚构）",
            "credit_code": _credit_code("91990000MA0000000"),
            "representative": "陈晓明（虚构）",
        },
    ),
)


def load() -> int:
    """Enter them; a second time changes nothing."""
    context = system_context("demo").for_purpose("demo.setup")
    for username, register, values in FACTS:
        account = identity.find_by_username(context, username=username)
        if account is not None:
            told = {**values, **_parent(context, values)}
            identity.enter_facts(context, register=register, account_id=account.id, values=told)
    return len(FACTS)


def _parent(context: Context, values: dict[str, str]) -> dict[str, str]:
    """The register names accounts by their number; here by their username."""
    parent = identity.find_by_username(context, username=values.get("parent", ""))
    return {"parent": parent.id} if parent else {}
