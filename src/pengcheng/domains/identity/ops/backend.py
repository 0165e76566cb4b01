"""Who a session belongs to: asked at every request, so by a query whose text is kept."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from pengcheng.domains.identity.models import Account
from pengcheng.kernel.prepared import Lookup

_by_id = Lookup(lambda id: Account.objects.filter(pk=id).order_by())


class Backend(ModelBackend):
    """Django's own, but for how it finds an account."""

    def get_user(self, user_id: str) -> Account | None:
        found = _by_id.first(user_id)
        return found if found is not None and self.user_can_authenticate(found) else None
