"""The demo's organisation and its members: the citizen is the firm's legal representative."""

from __future__ import annotations

from pengcheng.domains.identity import api as identity
from pengcheng.domains.identity.contracts.mandates import NewMandate
from pengcheng.kernel.context import Context, system_context

MEMBERS = (("firm", "citizen", "representative"), ("firm", "senior", "clerk"))


def load() -> int:
    """Make them members; a second time changes nothing."""
    context = system_context("demo").for_purpose("demo.setup")
    for organisation, member, role in MEMBERS:
        principal = identity.find_by_username(context, username=organisation)
        if principal is None or _is_member(context, member, principal.id):
            continue
        new = NewMandate(username=member, kind="employee", role=role)
        made = identity.mandates.give(context, new=new, principal_id=principal.id)
        identity.mandates.answer(context, mandate_id=made.id, accepted=True)
    return len(MEMBERS)


def _is_member(context: Context, member: str, principal_id: str) -> bool:
    known = identity.find_by_username(context, username=member)
    return known is None or identity.mandates.member_of(
        context, username=member, principal_id=principal_id
    )
