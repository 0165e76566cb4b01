"""Sessions in the database, as Django keeps them; one is read at every request, so by a query
whose text is kept. They end by the machine's clock, by which Django begins them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.core import signing
from django.db.models.functions import Now

from pengcheng.kernel.prepared import Lookup

_live = Lookup(lambda key: Session.objects.filter(pk=key, expire_date__gt=Now()).order_by())


@lru_cache(4096)
def _content(data: str, salt: str, secrets: tuple[str, ...]) -> bytes:
    """What signed data say; asked again with the same secrets they say the same. As text, for
    each request changes its own copy. Raises what `signing.loads` raises.
    """
    return orjson.dumps(signing.loads(data, salt=salt))


class SessionStore(db.SessionStore):
    """Django's own, but for how it finds a session and remembers signatures it has checked."""

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        secrets = (str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS))
        try:
            found: dict[str, Any] = orjson.loads(
                _content(str(session_data), self.key_salt, secrets)
            )
        except Exception:  # Django says in the log what is wrong with it
            return super().decode(session_data)
        return found

    def _get_session_from_db(self) -> Session | None:
        found = _live.first(self.session_key) if self.session_key else None
        if found is None:
            self._session_key = None
        return found
