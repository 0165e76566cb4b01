"""States, steps and verdicts in people's words, with the kind of mark that goes with them."""

from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pengcheng.domains.licences.contracts import State, Step
from pengcheng.kernel import clock

KINDS = {
    State.VALID: "good",
    State.SUSPENDED: "warn",
    State.REPLACED: "neutral",
    State.REVOKED: "bad",
    State.EXPIRED: "neutral",
}
STEP_KINDS = {
    Step.ISSUE: "good",
    Step.RENEW: "active",
    Step.REPLACE: "active",
    Step.SUSPEND: "warn",
    Step.RESUME: "good",
    Step.REVOKE: "bad",
    Step.EXPIRE: "neutral",
}


def state_words() -> dict[State, str]:
    return {
        State.VALID: pgettext("licence state", "Valid"),
        State.SUSPENDED: pgettext("licence state", "Suspended"),
        State.REPLACED: pgettext("licence state", "Replaced"),
        State.REVOKED: pgettext("licence state", "Revoked"),
        State.EXPIRED: pgettext("licence state", "Expired"),
    }


def step_words() -> dict[Step, str]:
    return {
        Step.ISSUE: pgettext("licence history", "Issued"),
        Step.RENEW: pgettext("licence history", "Renewed: a new licence took its place"),
        Step.REPLACE: pgettext("licence history", "Replaced by a corrected version"),
        Step.SUSPEND: pgettext("licence history", "Suspended"),
        Step.RESUME: pgettext("licence history", "Resumed"),
        Step.REVOKE: pgettext("licence history", "Revoked"),
        Step.EXPIRE: pgettext("licence history", "Expired"),
    }


def state_tag(state: State) -> dict[str, str]:
    return {"text": state_words()[state], "kind": KINDS[state]}


def day(moment: date) -> str:
    return str(formats.date_format(moment, "DATE_FORMAT"))


def validity(first: date, last: date | None) -> str:
    if last is None:
        return _("from %(first)s, long term") % {"first": day(first)}
    return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}


def time_left(state: State, last: date | None) -> str:
    """How long it still holds, when that is soon."""
    if state != State.VALID or last is None:
        return ""
    days = (last - clock.today()).days
    if days > 90:
        return ""
    if days == 0:
        return _("ends today")
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}


def verdict(found: str) -> dict[str, Any]:
    """What a verifier is told: in a word, and what it means."""
    title, text, kind = _verdicts()[found]
    return {"title": title, "text": text, "kind": kind}


def _verdicts() -> dict[str, tuple[str, str, str]]:
    return {
        "valid": (
            _("This licence is valid"),
            _("It was issued by the authority below and holds today."),
            "success",
        ),
        "not_yet": (
            _("Not valid yet"),
            _("It was issued, and holds from the day below."),
            "warning",
        ),
        "expired": (_("Not valid: it has expired"), _("Ask for the renewed one."), "error"),
        "suspended": (
            _("Not valid: it is suspended"),
            _("It may hold again later. Do not accept it now."),
            "error",
        ),
        "replaced": (
            _("Not valid: a newer one took its place"),
            _("Ask for the newer licence."),
            "error",
        ),
        "revoked": (_("Not valid: it was revoked"), _("Do not accept it."), "error"),
        "unknown": (
            _("No such licence"),
            _("The number is well formed, but this city has issued no licence under it."),
            "error",
        ),
        "forged": (_("This credential is not believed"), "", "error"),
        "mistyped": (
            _("The number is mistyped"),
            _("Its check character does not fit. Compare it with the licence."),
            "warning",
        ),
    }


def refusal(code: str) -> str:
    """Why a credential is not believed."""
    known = {
        "form": _("This is no credential, or a part of it is missing."),
        "type": _("This is a signed text of another kind."),
        "issuer": _("It was not issued by this city, or its key is no longer trusted."),
        "signature": _("It was altered after it was issued."),
        "disclosure": _("What it shows is not what was signed."),
        "binding": _("The holder's proof is missing or does not fit."),
        "replay": _("The holder's proof was made for somebody else or at another time."),
    }
    return known.get(code, _("It is not in a form that this city issues."))
