"""Children below 14: their guardian agrees for them (article 20)."""

from __future__ import annotations

from pengcheng.domains.dataaccount import rules
from pengcheng.domains.identity import api as identity
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context, system_context
from pengcheng.kernel.problems import Denied

REGISTER = "identity.person"
KINDS = frozenset({"parent", "guardian"})


def needed(context: Context, subject: str) -> str:
    """The guardian who agrees here, or an empty text when the person is old enough.

    Raises Denied when a child agrees alone, Unavailable while the register is silent. Being
    somebody's parent or guardian is a mandate that identity gives; a counter or an agent is none.
    """
    if not rules.needs_guardian(_born(subject), clock.today()):
        return ""
    mandate = context.mandate
    if mandate is not None and mandate.kind in KINDS and context.on_behalf_of == subject:
        return context.actor.id
    raise Denied(
        code="dataaccount.consent.guardian",
        zh="未满14周岁，须由监护人同意",
        en="Below 14 a guardian agrees",
        next_zh="请由监护人登录后代为办理。",
        next_en="Ask your guardian to sign in and do it for you.",
    )


def _born(subject: str) -> str:
    asking = system_context("dataaccount").for_purpose("dataaccount.guardianship")
    found = identity.read_register(
        asking, register=REGISTER, account_id=subject, attributes=("birth_date",)
    )
    return found.values.get("birth_date", "")
