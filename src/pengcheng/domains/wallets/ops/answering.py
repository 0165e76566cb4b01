"""The city wallet answers for people without a wallet app.

Nothing of it is kept: for each presentation a key is made, a copy of the licence is bound to it,
shown, and both are forgotten. No key of a person lies here that could be lost.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from pengcheng.domains.identity.contracts.oidc import OidcError
from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.api import travelling
from pengcheng.domains.licences.contracts import Licence, State
from pengcheng.domains.wallets.contracts import Choice, Label, Question, Result
from pengcheng.domains.wallets.models import QuestionRecord
from pengcheng.domains.wallets.ops import asking
from pengcheng.domains.wallets.rules import questions, refusals
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kit.credentials import sdjwt
from pengcheng.kit.keys import Key, Signer, curves

MAKE = "wallets.presentation.make"
LIFE = timedelta(minutes=10)


def choices(context: Context, question: Question) -> tuple[Choice, ...]:
    """The asker's licences that answer a question."""
    me = context.actor.id
    permit(context, MAKE, Resource(kind="licence", owner=me))
    rows = licences.list_of(context=context, holder=me)
    found = [row for row in rows if row.type in question.kinds and row.state == State.VALID]
    held = [licences.get(context=context, licence_id=row.id) for row in found[:20]]
    return tuple(one for one in (_choice(each, question) for each in held) if one is not None)


def _choice(licence: Licence, question: Question) -> Choice | None:
    labels = {c.key: Label(c.label.zh, c.label.en) for c in travelling.claims_of(type=licence.type)}
    known = {"holder_name", "number", *licence.values}
    known |= {key for key in labels if key.startswith("age_over_")}
    if not set(question.claims) <= known & set(labels):
        return None
    return Choice(
        licence_id=licence.id,
        name=Label(licence.name.zh, licence.name.en),
        number=licence.number,
        lines=tuple((key, labels[key]) for key in question.claims),
        optional=tuple((key, labels[key]) for key in question.optional if key in known),
    )


def answer(
    context: Context, question_id: str, licence_id: str, optional: Collection[str]
) -> Result:
    """Show the lines that are asked for, and those that the holder adds."""
    row = asking.find(question_id)
    if row.answered_at is not None:
        raise refusals.answered()
    question = asking.about(row)
    fitting = {one.licence_id: one for one in choices(context, question)}
    choice = fitting.get(licence_id)
    if choice is None or row.expires_at <= clock.now():
        raise refusals.no_choice() if choice is None else refusals.question_over()
    names = {*question.claims, *({key for key, _ in choice.optional} & set(optional))}
    resource = Resource(kind="licence", id=licence_id, owner=context.actor.id)
    try:
        with act(context, MAKE, resource) as acting:
            acting.note(question=row.pk, to=row.asker_id, lines=sorted(names))
            return _shown(context, row, licence_id, names)
    except OidcError as error:
        raise refusals.refused(error.told) from error


def _shown(
    context: Context, row: QuestionRecord, licence_id: str, names: Collection[str]
) -> Result:
    private = curves.make("ES256")
    jwk = curves.to_jwk(private.public_key())
    signer = Signer(Key(curves.thumbprint(jwk), "ES256", private.public_key()), private)
    (copy,) = travelling.bind(
        context=context, licence_id=licence_id, form="dc+sd-jwt", holder_keys=[jwk], longest=LIFE
    )
    text = sdjwt.prove(
        sdjwt.show(copy.text, names),
        signer,
        audience=asking.client_id(),
        nonce=row.nonce,
        at=int(clock.now().timestamp()),
    )
    kind = licences.get(context=context, licence_id=licence_id).type
    name = questions.name_of(kind, "dc+sd-jwt")
    return asking.judge(row, [(name, text)], encrypted=False)


def decline(context: Context, question_id: str) -> None:
    """The verifier learns that the answer was no, and not whose."""
    permit(context, MAKE, Resource(kind="licence", owner=context.actor.id))
    row = asking.find(question_id)
    asking.settle_declined(row)
