"""Who did something, as a desk may say it: an office, the system, or you; never a bare account."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

SYSTEM = "system/"


def doer(actor_id: str, offices: Mapping[str, str], *, own: str = "") -> str:
    """The words for an actor; `offices` are known by account id, `own` is the reader's."""
    if own and actor_id == own:
        return _("You")
    if actor_id.startswith(SYSTEM):
        return _("The system")
    return offices.get(actor_id) or _("An official")
