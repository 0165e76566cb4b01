"""The outbox at work: what is due goes to its gateway, each in a transaction of its own."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db import connection, transaction
from django.db.models import Count

from pengcheng.domains.messages.contracts import (
    Channel,
    Delivery,
    DeliveryPage,
    DeliveryQuery,
    DeliveryState,
    Outgoing,
    Preference,
)
from pengcheng.domains.messages.events import DeliveryGivenUp
from pengcheng.domains.messages.models import DeliveryRecord
from pengcheng.domains.messages.ops import gateways, preferences
from pengcheng.domains.messages.ops.gateways import GatewayDown
from pengcheng.domains.messages.rules import timing
from pengcheng.domains.messages.rules.addresses import masked
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.events import emit
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, NotFound

BATCH = 200


def deliver_due(context: Context) -> int:
    """Hand over what is due; answers how many were tried. A failure holds back nothing else."""
    permit(context, "messages.delivery.run", Resource(kind="delivery"))
    due = DeliveryRecord.objects.filter(state=DeliveryState.WAITING, due__lte=clock.now())
    ids = list(due.order_by("due", "id").values_list("id", flat=True)[:BATCH])
    return sum(_attempt(context, id) for id in ids)


def _attempt(context: Context, delivery_id: str) -> bool:
    with transaction.atomic():
        row = _locked(delivery_id)
        if row is None:
            return False
        wish = preferences.of(row.message.owner)
        address, at = _address(wish, row), preferences.next_moment(wish, row.urgent)
        if not address:
            row.state = DeliveryState.NOT_WANTED
        elif at > clock.now():
            row.due = at  # the pause after a failure ended at night
        else:
            _hand_over(context, row, address)
        row.save()
    return True


def _locked(delivery_id: str) -> DeliveryRecord | None:
    """The row, if it is still to be done and nobody else is at it."""
    rows = DeliveryRecord.objects.filter(
        pk=delivery_id, state=DeliveryState.WAITING, due__lte=clock.now()
    )
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows.select_related("message").first()


def _address(wish: Preference, row: DeliveryRecord) -> str:
    """Where this channel leads now; empty when the person does not want it any more."""
    if row.channel == Channel.SMS:
        return wish.phone if wish.sms else ""
    return wish.address if wish.email else ""


def _hand_over(context: Context, row: DeliveryRecord, address: str) -> None:
    row.attempts += 1
    row.to = masked(address)
    try:
        with transaction.atomic():
            gateways.GATEWAYS[Channel(row.channel)].send(_outgoing(row, address))
    except GatewayDown as reason:
        _put_off(context, row, str(reason))
    except Exception as error:  # whatever an operator's client raises: it is tried again
        _put_off(context, row, type(error).__name__)
    else:
        row.state, row.sent_at, row.last_error = DeliveryState.SENT, clock.now(), ""


def _outgoing(row: DeliveryRecord, address: str) -> Outgoing:
    return Outgoing(
        id=row.id,
        channel=Channel(row.channel),
        to=address,
        subject=row.subject,
        text=row.text,
        at=clock.now(),
    )


def _put_off(context: Context, row: DeliveryRecord, reason: str) -> None:
    row.last_error = reason[:300]
    pause = timing.pause_after(row.attempts)
    row.due = clock.now() + (pause or timedelta())
    if pause is None:
        row.state = DeliveryState.GIVEN_UP
        emit(
            context,
            DeliveryGivenUp(
                subject=f"message/{row.message_id}",
                delivery_id=row.id,
                message_id=row.message_id,
                channel=row.channel,
            ),
        )


# --- the log ----------------------------------------------------------------------------


def log(context: Context, query: DeliveryQuery) -> DeliveryPage:
    """Deliveries, newest first: states and times, neither texts nor whole addresses."""
    permit(context, "messages.delivery.read", Resource(kind="delivery"))
    rows = DeliveryRecord.objects.select_related("message").order_by("-created_at", "-id")
    if query.state:
        rows = rows.filter(state=query.state)
    if query.channel:
        rows = rows.filter(channel=query.channel)
    page = Paginator(rows, max(1, min(query.size, 100))).get_page(query.page)
    counted = DeliveryRecord.objects.values_list("state").annotate(Count("id")).order_by()
    return DeliveryPage(
        rows=tuple(_view(row) for row in page),
        total=page.paginator.count,
        page=page.number,
        counts=dict(counted),
        at=clock.now(),
    )


def _view(row: DeliveryRecord) -> Delivery:
    return Delivery(
        id=row.id,
        message_id=row.message_id,
        template=row.message.template,
        channel=Channel(row.channel),
        state=DeliveryState(row.state),
        to=row.to,
        attempts=row.attempts,
        due=row.due,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )


def retry(context: Context, delivery_id: str) -> Delivery:
    """Give what was given up, or what waits for its next attempt, another round at once."""
    resource = Resource(kind="delivery", id=delivery_id)
    with act(context, "messages.delivery.retry", resource):
        rows = DeliveryRecord.objects.select_for_update(of=("self",)).select_related("message")
        row = rows.filter(pk=delivery_id).first()
        if row is None:
            raise NotFound(
                code="messages.delivery.not_found", zh="没有该投递", en="No such delivery"
            )
        if row.state not in {DeliveryState.WAITING, DeliveryState.GIVEN_UP}:
            raise Conflict(
                code="messages.delivery.done",
                zh="该投递已结束，无需重试",
                en="This delivery has ended already",
            )
        row.state, row.attempts, row.due = DeliveryState.WAITING, 0, clock.now()
        row.save(update_fields=["state", "attempts", "due"])
        return _view(row)
