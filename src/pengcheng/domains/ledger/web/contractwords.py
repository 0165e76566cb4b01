"""Words for what contracts are made of; names that nobody foresaw stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pengcheng.kit.pages.moments import told as moment


def template(name: str) -> str:
    found = {"notary": _("Notary"), "escrow": _("Escrow"), "quota": _("Quota")}
    return found.get(name, name)


def about(name: str) -> str:
    found = {
        "notary": _(
            "Records a digest once, with the moment; nobody can record it again or alter it."
        ),
        "escrow": _(
            "Holds the buyer's units until they are released, refunded or the time is over."
        ),
        "quota": _("Gives out a total, with a bound for each; the keeper can raise it."),
    }
    return found.get(name, "")


def argument(name: str) -> str:
    found = {
        "keeper": _("Keeper"),
        "buyer": _("Buyer"),
        "seller": _("Seller"),
        "judge": _("Arbiter"),
        "amount": _("Amount in test units"),
        "until": _("Ends at"),
        "limit": _("Total quota"),
        "each": _("Most for each"),
        "digest": _("SHA-256 digest"),
        "more": _("Raise by"),
        "count": _("Entries"),
        "when": _("Recorded"),
        "used": _("Given out"),
        "left": _("Left"),
        "stage": _("Stage"),
        "held": _("Units held"),
        "to": _("For"),
        "hash": _("Hash"),
        "lock": _("Lock"),
        "preimage": pgettext("lock", "Secret"),
    }
    return found.get(name, name)


def hint(name: str, kind: str) -> str:
    if kind == "who":
        return _("The party's name, as in “You act as”.")
    return _("64 characters, 0 to 9 and a to f.") if kind == "hash" else ""


def call(name: str) -> str:
    found = {
        "record": _("Record"),
        "fund": _("Pay in"),
        "release": _("Release to the seller"),
        "refund": _("Give back to the buyer"),
        "expire": _("Take back after the end"),
        "draw": pgettext("quota", "Draw"),
        "raise": _("Raise the total"),
        "deploy": _("Put in force"),
        "lock": _("Lock"),
        "claim": _("Open with the secret"),
        "issue": _("Make test units"),
        "transfer": _("Transfer"),
    }
    return found.get(name, name)


def stage(state: Mapping[str, Any]) -> str:
    """What a list says of the state: its stage, or its one number."""
    if "stage" in state:
        return f" · {value('stage', state['stage'])}"
    for name in ("left", "count"):
        if name in state:
            return f" · {argument(name)} {state[name]}"
    return ""


def value(name: str, told: Any) -> str:
    stages = {
        "agreed": _("agreed, not paid in"),
        "funded": _("paid in"),
        "released": _("released"),
        "refunded": pgettext("lock", "given back"),
        "expired": _("run out, given back"),
    }
    if name == "stage":
        return stages.get(str(told), str(told))
    if name in {"until", "when"} and isinstance(told, int):
        return _moment(told)
    if isinstance(told, dict):
        lines = (f"{key[:16]}: {value(name, each)}" for key, each in list(told.items())[:20])
        return "; ".join(lines) or "–"
    return str(told)


def _moment(seconds: int) -> str:
    return str(moment(datetime.fromtimestamp(min(max(seconds, 0), 2**35), UTC)))


def rows(told: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"key": argument(name), "value": value(name, each)} for name, each in told.items()]
