"""Giving money back: in parts if need be, never more than was paid, decided by other eyes."""

from django.db import IntegrityError, transaction

from pengcheng.domains.payments.contracts import OrderState, Refund, RefundState
from pengcheng.domains.payments.events import RefundAsked, RefundMade, RefundRefused
from pengcheng.domains.payments.models import OrderRecord, RefundRecord
from pengcheng.domains.payments.ops import bookkeeping, operator, store, telling
from pengcheng.domains.payments.rules import book
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound


def ask(context: Context, order_id: str, amount_fen: int, reason: str, key: str) -> Refund:
    """The payer asks; an official decides. Once a key."""
    with act(context, "payments.refund.ask", store.resource(store.find(order_id))) as acting:
        order = store.find(order_id, lock=True)
        row, is_new = _kept(context, order, amount_fen, reason, key)
        if is_new:
            acting.emit(store.event(RefundAsked, order, amount_fen, refund_id=row.id))
        return store.refund_view(row)


def make(context: Context, order_id: str, amount_fen: int, reason: str, key: str) -> Refund:
    """The house gives back without being asked, e.g. when a case is withdrawn. Once a key."""
    with act(context, "payments.refund.make", store.resource(store.find(order_id))) as acting:
        order = store.find(order_id, lock=True)
        row, _ = _kept(context, order, amount_fen, reason, key)
        if row.state == RefundState.ASKED:
            _pay_back(acting, order, row, by="")
        return store.refund_view(row)


def decide(context: Context, refund_id: str, grant: bool, answer: str) -> Refund:
    """An official grants or refuses; never their own."""
    seen = _find(refund_id)
    resource = Resource(kind="refund", id=seen.id, owner=seen.order.payer)
    with act(context, "payments.refund.decide", resource) as acting:
        order = store.find(seen.order_id, lock=True)
        row = _find(refund_id)
        _refuse_own(context, order, row)
        if row.state != RefundState.ASKED:
            return _same_again(row, grant)
        row.answer = _worded(answer, grant)
        if grant:
            _pay_back(acting, order, row, by=context.actor.id)
        else:
            _refuse(acting, order, row, context.actor.id)
        return store.refund_view(row)


def _find(refund_id: str) -> RefundRecord:
    row = RefundRecord.objects.select_related("order").filter(pk=refund_id).first()
    if row is None:
        raise NotFound(
            code="payments.refund.not_found", zh="没有该退款申请", en="There is no such refund"
        )
    return row


def _refuse_own(context: Context, order: OrderRecord, row: RefundRecord) -> None:
    if context.actor.id in {order.payer, row.asked_by}:
        raise Denied(
            code="payments.refund.own",
            zh="不能审核本人的退款",
            en="Nobody decides about a refund of their own",
        )


def _same_again(row: RefundRecord, grant: bool) -> Refund:
    """A second click answers what the first did; the opposite comes too late."""
    if (row.state == RefundState.MADE) is grant:
        return store.refund_view(row)
    raise Conflict(
        code="payments.refund.decided", zh="该退款已处理", en="This refund is decided already"
    )


def _worded(answer: str, grant: bool) -> str:
    text = answer.replace("\x00", "").strip()[:1000]
    if not text and not grant:
        raise Invalid(
            code="payments.refund.reason",
            zh="请说明不予退款的理由",
            en="Say why it is refused",
        )
    return text


def _kept(
    context: Context, order: OrderRecord, amount_fen: int, reason: str, key: str
) -> tuple[RefundRecord, bool]:
    """The refund under this key, made if it is not there; the order is locked."""
    text = reason.replace("\x00", "").strip()[:1000]
    earlier = RefundRecord.objects.filter(key=key).first()
    if earlier is not None:
        if (earlier.order_id, earlier.amount_fen, earlier.reason) != (order.id, amount_fen, text):
            raise _other_content()
        return earlier, False
    _refuse_wrong(order, amount_fen, text, key)
    row = RefundRecord(
        order=order,
        key=key,
        amount_fen=amount_fen,
        reason=text,
        asked_by=context.actor.id,
        asked_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise _other_content() from None  # the key went to another order's refund just now
    return row, True


def _other_content() -> Conflict:
    return Conflict(
        code="payments.refund.other_content",
        zh="同一编号已有内容不同的退款",
        en="Another refund was asked for under this key",
    )


def _refuse_wrong(order: OrderRecord, amount_fen: int, reason: str, key: str) -> None:
    if order.state != OrderState.PAID:
        raise Conflict(
            code="payments.refund.not_paid", zh="该订单未支付", en="This order is not paid"
        )
    left = store.view(order).refundable_fen
    if type(amount_fen) is not int or not 0 < amount_fen <= left:
        raise Invalid(
            code="payments.refund.amount",
            zh="退款金额须大于零且不超过可退金额",
            en="The sum must be more than nought and no more than can be given back",
        )
    if not reason or not 0 < len(key) <= 160:
        raise Invalid(code="payments.refund.reason", zh="请填写退款理由", en="Say why")


def _pay_back(acting: Acting, order: OrderRecord, row: RefundRecord, by: str) -> None:
    """The operator is asked first: it answers the same again if we do not come to book it."""
    told = operator.OPERATOR.refund(row.id, order.id, row.amount_fen)
    row.state, row.decided_by, row.ended_at = RefundState.MADE, by, told.at
    row.save()
    order.refunded_fen += row.amount_fen
    order.save(update_fields=["refunded_fen"])
    day = clock.local(told.at).date()
    bookkeeping.post(book.refunded(row.id, order.id, order.payee, row.amount_fen), day)
    acting.note(refunded=order.reference, fen=row.amount_fen)
    event = acting.emit(store.event(RefundMade, order, row.amount_fen, refund_id=row.id))
    telling.tell(order, "refunded", event, row.amount_fen)


def _refuse(acting: Acting, order: OrderRecord, row: RefundRecord, by: str) -> None:
    row.state, row.decided_by, row.ended_at = RefundState.REFUSED, by, clock.now()
    row.save()
    event = acting.emit(store.event(RefundRefused, order, row.amount_fen, refund_id=row.id))
    telling.tell(order, "refund_refused", event, row.amount_fen)
