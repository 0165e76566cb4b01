"""A few licences of the demo's persons, so that a wallet has something in it: all invented."""

from __future__ import annotations

from pengcheng.demo.loader import Tell
from pengcheng.domains.identity import api as identity
from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.contracts import Holder, Issuer
from pengcheng.kernel.context import system_context

CHEN = {"name": "陈晓明（虚构）", "sex": "male", "born_on": "1990-03-07"}
HE = {"name": "何美玉（虚构）", "sex": "female", "born_on": "1960-05-15"}
FIRM = "鹏城示例餐饮有限公司（虚构）"
ADDRESS = "虚构市虚构区虚构路1号"
SAMPLES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("citizen", "residence-permit", {**CHEN, "address": ADDRESS, "issued_district": "虚构区"}),
    (
        "citizen",
        "driving-licence",
        {**CHEN, "vehicle_class": "C1", "first_issued_on": "2012-08-01"},
    ),
    ("senior", "seniors-card", {**HE, "level": "65"}),
    (
        "firm",
        "food-business-permit",
        {
            "operator_name": FIRM,
            "legal_representative": CHEN["name"],
            "address": ADDRESS,
            "business_kind": "catering",
            "scope": "热食类食品制售（虚构）",
        },
    ),
)


def load(tell: Tell) -> int:
    """Issue those that are missing."""
    context = system_context("demo").for_purpose("demo.setup")
    for number, (username, kind, values) in enumerate(SAMPLES, start=1):
        account = identity.find_by_username(context, username=username)
        if account is not None:
            authority = licences.get_type(type=kind).authority
            licences.issue(
                context=context,
                type=kind,
                holder=Holder(
                    kind="organisation" if account.kind == "organisation" else "person",
                    id=account.id,
                    name=account.name_zh,
                ),
                issuer=Issuer(code=authority.code, zh=authority.zh, en=authority.en),
                values=values,
                idempotency_key=f"demo/{kind}/{username}",
            )
        tell(number, len(SAMPLES))
    return len(SAMPLES)
