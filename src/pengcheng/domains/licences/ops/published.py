"""What verifiers and wallets elsewhere fetch: states, keys and how a kind is shown."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max

from pengcheng.domains.licences.contracts import LicenceType, State
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.domains.licences.ops.credentials import SIZE, base, keys, list_uri, vct
from pengcheng.domains.licences.rules import claims, guards, kinds
from pengcheng.kernel import clock
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit
from pengcheng.kit.credentials import jws, statuslist

BITS: statuslist.Bits = 2
LIST_LIFE = 24 * 3600
LIST_TTL = 300
_STATES = {State.SUSPENDED: statuslist.SUSPENDED}


def status_list(context: Context, number: int) -> str:
    """The signed list of the states of a million licences."""
    permit(context, "licences.licence.verify")
    within = LicenceRecord.objects.filter(
        status_index__gte=number * SIZE, status_index__lt=(number + 1) * SIZE
    )
    if not within.exists():
        raise guards.no_list()
    now = int(clock.now().timestamp())
    payload = {
        "sub": list_uri(number),
        "iat": now,
        "exp": now + LIST_LIFE,
        "ttl": LIST_TTL,
        "status_list": {"bits": BITS, "lst": _states_of(number)},
    }
    return jws.sign(payload, keys().signer(), typ=statuslist.TYPE)


def _states_of(number: int) -> str:
    within = LicenceRecord.objects.filter(
        status_index__gte=number * SIZE, status_index__lt=(number + 1) * SIZE
    )
    told = within.exclude(state=State.VALID).aggregate(n=Count("pk"), last=Max("updated_at"))
    return _compressed(number, told["n"], told["last"])


@lru_cache(maxsize=4)
def _compressed(number: int, count: int, last: datetime | None) -> str:
    """Made anew when a state has changed: ``count`` and ``last`` are what tells that."""
    rows = LicenceRecord.objects.filter(
        status_index__gte=number * SIZE, status_index__lt=(number + 1) * SIZE
    ).exclude(state=State.VALID)
    pairs = rows.values_list("status_index", "state").iterator(chunk_size=5000)
    changed = ((i - number * SIZE, _STATES.get(State(s), statuslist.INVALID)) for i, s in pairs)
    return statuslist.compress(changed, size=SIZE, bits=BITS)


def offline(context: Context) -> dict[str, Any]:
    """All that a verifier needs to judge a licence of ours without asking: keys, kinds, states."""
    permit(context, "licences.licence.verify")
    last = LicenceRecord.objects.aggregate(last=Max("status_index"))["last"]
    numbers = range(0 if last is None else last // SIZE + 1)
    return {
        "issuer": base(),
        "made_at": int(clock.now().timestamp()),
        "keys": {one["kid"]: one for one in keys().jwks()["keys"]},
        "lists": {
            list_uri(number): {"bits": BITS, "lst": _states_of(number)} for number in numbers
        },
        "kinds": {vct(kind.id): _told(kind) for kind in kinds.types().values()},
    }


def _told(kind: LicenceType) -> dict[str, Any]:
    fields = [
        {
            "key": field.key,
            "zh": field.zh,
            "en": field.en,
            "choices": {one.id: {"zh": one.zh, "en": one.en} for one in field.choices},
        }
        for field in claims.fields(kind)
    ]
    return {"zh": kind.zh, "en": kind.en, "fields": fields}


def issuer_metadata(context: Context) -> dict[str, Any]:
    """Where a verifier elsewhere finds our keys (SD-JWT VC, `jwt-vc-issuer`)."""
    permit(context, "licences.licence.verify")
    return {"issuer": base(), "jwks": keys().jwks()}


def type_metadata(context: Context, kind_id: str) -> dict[str, Any]:
    """What a wallet elsewhere shows of a kind (SD-JWT VC type metadata)."""
    permit(context, "licences.licence.verify")
    kind = kinds.types().get(kind_id)
    if kind is None:
        raise guards.not_found()
    return {
        "vct": vct(kind.id),
        "name": kind.en,
        "description": kind.legal_basis,
        "display": _display(kind.zh, kind.en),
        "claims": [
            {
                "path": [field.key],
                "display": _display(field.zh, field.en, name="label"),
                "sd": "always",
            }
            for field in claims.fields(kind)
        ],
    }


def _display(zh: str, en: str, name: str = "name") -> list[dict[str, str]]:
    return [{"locale": "zh-Hans", name: zh}, {"locale": "en", name: en}]
