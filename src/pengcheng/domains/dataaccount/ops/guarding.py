"""Asked before any personal data are read: does the use rest on consent, and is there one?"""

from __future__ import annotations

from pengcheng.domains.dataaccount import rules
from pengcheng.domains.dataaccount.contracts import Standing
from pengcheng.domains.dataaccount.ops import store
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Refusal, Resource

NO_CONSENT = Refusal(
    "dataaccount.consent.missing",
    "本人未同意或已撤回同意",
    "The person has not agreed to this, or no longer agrees",
    "未经本人同意，不得为此目的读取。",
    "Without their consent nothing is read for this purpose.",
)


def refuse(context: Context, resource: Resource | None) -> Refusal | None:
    """None unless the purpose rests on consent: other uses rest on law and are only logged."""
    purpose = context.purpose or ""
    if purpose not in rules.resting_on_consent():
        return None
    if resource is None or resource.kind == "page":
        return None
    return None if resource.owner and _agreed(context, purpose, resource) else NO_CONSENT


def _agreed(context: Context, purpose: str, resource: Resource) -> bool:
    wanted = _wanted(resource)
    recipient = _recipient(context)
    return any(
        store.standing(row) is Standing.HOLDS
        and rules.covers(store.terms(row), wanted, row.client or recipient)
        for row in store.given(resource.owner or "", purpose)
    )


def _wanted(resource: Resource) -> tuple[str, ...]:
    if resource.data:
        return resource.data
    return (resource.id,) if resource.kind == "register" else ()


def _recipient(context: Context) -> str:
    """Who reads; someone whom the purpose does not name receives nothing."""
    official = context.actor.kind == "official"
    return (context.organisation or "") if official else context.actor.id.removeprefix("system/")
