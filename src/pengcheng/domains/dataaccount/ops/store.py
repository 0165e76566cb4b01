"""How consents are found, sealed, and shown."""

from __future__ import annotations

import json

from django.db.models import QuerySet

from pengcheng.domains.dataaccount import rules
from pengcheng.domains.dataaccount.contracts import Consent, Standing, State, Step, Terms
from pengcheng.domains.dataaccount.models import ConsentRecord, ConsentStep
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import NotFound
from pengcheng.kit.keys import ring
from pengcheng.kit.keys.curves import encoded

SEALED = (
    "id", "version", "subject", "guardian", "purpose", "client", "controller", "recipients",
    "items", "special", "mode", "frequency", "notice", "language", "channel",
)  # fmt: skip
_given = Lookup(
    lambda subject, purpose: ConsentRecord.objects.filter(
        subject=subject, purpose=purpose, state="given"
    ),
    keys=2,
)


def given(subject: str, purpose: str) -> list[ConsentRecord]:
    """The consents of a person to a purpose that were not taken back."""
    return _given.all(subject, purpose)


def of(subject: str) -> QuerySet[ConsentRecord]:
    return ConsentRecord.objects.filter(subject=subject)


def find(consent_id: str, *, lock: bool = False) -> ConsentRecord:
    rows = ConsentRecord.objects.select_for_update() if lock else ConsentRecord.objects.all()
    row = rows.filter(pk=consent_id).first()
    if row is None:
        raise NotFound(
            code="dataaccount.consent.not_found",
            zh="没有这项授权",
            en="There is no such consent",
            next_zh="请在“我的数据”中查看。",
            next_en="My data lists all of yours.",
        )
    return row


def terms(row: ConsentRecord) -> Terms:
    return Terms(
        items=tuple(row.items),
        recipients=tuple(row.recipients),
        notice=row.notice,
        until=row.until,
    )


def standing(row: ConsentRecord) -> Standing:
    purpose = rules.purposes().get(row.purpose)
    return rules.standing(State(row.state), terms(row), purpose, clock.today())


def seal(row: ConsentRecord) -> str:
    """The city's own signature over what was agreed to: the receipt can be checked later."""
    told = {name: getattr(row, name) for name in SEALED}
    told |= {"given_at": row.given_at.isoformat(), "until": row.until.isoformat()}
    signer = ring("consents", "Ed25519").signer()
    body = json.dumps(told, sort_keys=True, ensure_ascii=False).encode()
    return f"{signer.key.kid}.{encoded(signer.sign(body))}"


def step(acting: Acting, row: ConsentRecord, kind: str, removed: tuple[str, ...] = ()) -> None:
    """Another line of the history."""
    last = row.steps.order_by("-position").first()
    at, actor = clock.now(), acting.context.actor.id
    ConsentStep.objects.create(
        consent=row,
        at=at,
        kind=kind,
        actor=actor,
        removed=list(removed),
        digest=rules.digest(last.digest if last else row.id, at, kind, actor, removed),
    )
    acting.note(consent=row.id, purpose=row.purpose, step=kind, removed=len(removed))


def view(row: ConsentRecord, *, history: bool = False) -> Consent:
    steps = row.steps.all() if history else ()
    return Consent(
        **{name: getattr(row, name) for name in SEALED if name not in {"recipients", "items"}},
        recipients=tuple(row.recipients),
        items=tuple(row.items),
        given_at=row.given_at,
        until=row.until,
        state=State(row.state),
        seal=row.seal,
        standing=standing(row),
        history=tuple(
            Step(at=one.at, kind=one.kind, actor=one.actor, removed=tuple(one.removed))
            for one in steps
        ),
    )
