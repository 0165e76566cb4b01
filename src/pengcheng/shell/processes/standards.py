"""SensorThings in the city: served by the process that has the store, to those who may.

Reading is open as far as the manifest says that anyone may. Writing wants the operator's key, or a
device's token: that sends readings of its own entity and nothing else.
"""

from __future__ import annotations

import hmac
from typing import Any

from pengcheng.kit.sensorthings import model, paths
from pengcheng.kit.sensorthings.errors import StaError

BASE = "/sta/"
HEAD = "authorization"
READS = {"GET", "HEAD"}


class Standards:
    """An RSGI application before the broker's."""

    def __init__(self, application: Any, house: Any, keys: Any, *, open_: bool) -> None:
        """``keys.accepted()`` are the operator's: the present one, for a while also the last."""
        self.application, self.house, self.open = application, house, open_
        self.keys = keys

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        status = await self.refusal(scope.method, scope.path, scope.headers.get(HEAD) or "")
        if status == 0:
            await self.application.__rsgi__(scope, protocol)
        elif status == 401:
            protocol.response_empty(401, [("www-authenticate", "Bearer")])
        else:
            protocol.response_empty(status, [])

    async def refusal(self, method: str, path: str, authorization: str) -> int:
        """0 if the request may pass, else the status that refuses it."""
        if method in READS and self.open:
            return 0
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return 401
        if self.is_operator(token.strip().encode()):
            return 0
        known = await self._known(token.strip())
        if known is None:
            return 401
        if method in READS:
            return 0
        return 0 if method == "POST" and is_reading_of(known.entity, path) else 403

    def is_operator(self, token: bytes) -> bool:
        known = [key.encode() for key in self.keys.accepted()]
        return any([hmac.compare_digest(token, each) for each in known])

    async def _known(self, token: str) -> Any:
        directory = self.house.directory
        known = directory.by_token(token)
        if known is None:
            await self.house.crew.refresh()
            known = directory.by_token(token)
        return known


def is_reading_of(entity: str, path: str) -> bool:
    """Whether a path is that of Observations of a Datastream that the entity itself is."""
    try:
        found = paths.read(path.removeprefix("/sta/v1.1"))
    except StaError:
        return False
    if len(found.steps) != 2 or found.names or found.form:
        return False
    stream, last = found.steps
    own = stream.kind is model.DATASTREAM and isinstance(stream.id, str)
    single = last.kind is model.OBSERVATION and last.id is None
    return own and single and str(stream.id).partition(";")[0] == entity


class Doors:
    """What the process serves: the ingest door and the standards, by the path."""

    def __init__(self, ingest: Any, standards: Standards) -> None:
        self.ingest, self.standards = ingest, standards
        self.__rsgi_init__ = ingest.__rsgi_init__
        self.__rsgi_del__ = ingest.__rsgi_del__

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        door = self.standards if scope.path.startswith(BASE) else self.ingest
        await door.__rsgi__(scope, protocol)
