"""Sessions in the database, as Django keeps them; one is read at every request, so by a query
whose text is kept. They end by the machine's clock, by which Django begins them.
"""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from pengcheng.kernel.prepared import Lookup

_live = Lookup(lambda key: Session.objects.filter(pk=key, expire_date__gt=Now()).order_by())


class SessionStore(db.SessionStore):
    """Django's own, but for how it finds a session."""

    def _get_session_from_db(self) -> Session | None:
        found = _live.first(self.session_key) if self.session_key else None
        if found is None:
            self._session_key = None
        return found
