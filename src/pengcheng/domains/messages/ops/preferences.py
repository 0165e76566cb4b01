"""How a person wants to be told outside the portal."""

from datetime import UTC, datetime

from pengcheng.domains.messages.contracts import Preference
from pengcheng.domains.messages.models import PreferenceRecord
from pengcheng.domains.messages.rules import addresses, timing
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import FieldError, Invalid

RIGHT = "messages.preference.change"


_of = Lookup(lambda owner: PreferenceRecord.objects.filter(pk=owner).order_by())


def of(owner: str) -> Preference:
    """What this person chose; until then nothing leaves the house."""
    row = _of.first(owner)
    if row is None:
        return Preference()
    return Preference(
        sms=row.sms,
        phone=row.phone,
        email=row.email,
        address=row.address,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
    )


def next_moment(wish: Preference, urgent: bool) -> datetime:
    """Now, or the end of the person's quiet hours."""
    here = clock.local(clock.now())
    at = timing.not_before(here, wish.quiet_from, wish.quiet_until, urgent=urgent)
    return at.astimezone(UTC)


def own(context: Context) -> Preference:
    permit(context, RIGHT, Resource(kind="preference", owner=context.actor.id or None))
    return of(context.actor.id)


def change(context: Context, wish: Preference) -> Preference:
    """Keep what the person chose; what waits already goes by it too."""
    _refuse_wrong(wish)
    owner = context.actor.id
    resource = Resource(kind="preference", id=owner, owner=owner or None)
    with act(context, RIGHT, resource) as acting:
        fields = {name: getattr(wish, name) for name in wish.__struct_fields__}
        PreferenceRecord.objects.update_or_create(
            owner=owner, defaults={**fields, "changed_at": clock.now()}
        )
        acting.note(sms=wish.sms, email=wish.email)
    return wish


def _refuse_wrong(wish: Preference) -> None:
    faults = []
    if (wish.sms or wish.phone) and not addresses.is_phone(wish.phone):
        faults.append(
            FieldError("/phone", "请输入11位手机号码", "Enter a mobile number of 11 digits")
        )
    if (wish.email or wish.address) and not addresses.is_email(wish.address):
        faults.append(FieldError("/address", "请输入电子邮箱地址", "Enter an e-mail address"))
    if faults:
        raise Invalid(
            code="messages.preference.invalid",
            zh="联系方式填写有误",
            en="An address is not right",
            errors=faults,
        )
