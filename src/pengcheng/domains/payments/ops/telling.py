"""What a payer is told, in the transaction of the change itself."""

from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import About, Text, Values
from pengcheng.domains.payments.models import OrderRecord
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kit.pages import money


def tell(row: OrderRecord, what: str, event: str, amount_fen: int | None = None) -> None:
    """Send the payer the message `payments.order.<what>`, as a consequence of the event."""
    values: Values = {
        "reference": row.reference,
        "payee": Text(row.payee_zh, row.payee_en),
        "amount": money.yuan(row.amount_fen if amount_fen is None else amount_fen),
    }
    if what == "made":
        values = {**values, "date": str(clock.local(row.expires_at).date())}
    messages.send(
        context=system_context("payments", cause=event),
        to=row.payer,
        template=f"payments.order.{what}",
        values=values,
        about=About("order", row.id, f"/payments/{row.id}/"),
        idempotency_key=f"payments/{event}",
    )
