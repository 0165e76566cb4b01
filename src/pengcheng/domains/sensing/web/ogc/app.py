"""The OGC APIs in a broker that stands alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from urllib.parse import parse_qsl

from pengcheng.domains.sensing.api import atlas
from pengcheng.domains.sensing.api.broker import Broker
from pengcheng.domains.sensing.api.sta import Readers, Store
from pengcheng.domains.sensing.web.ngsild.http import Answer, plain
from pengcheng.domains.sensing.web.ogc import alone, routes
from pengcheng.domains.sensing.web.ogc.asked import PROBLEM, Ask, Told
from pengcheng.domains.sensing.web.sta.app import root_of, tenant_of
from pengcheng.kit.ngsild.errors import NgsiError
from pengcheng.kit.ogc.errors import OgcError
from pengcheng.kit.sensorthings.errors import StaError

Parts = AsyncIterator[bytes]
CSP = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"


class OgcApis:
    """Features and EDR under ``base``; they only read."""

    base = "/ogc/v1"

    def __init__(self, broker: Broker, readers: Readers) -> None:
        self.broker, self.readers = broker, readers
        self.summaries = atlas.Summaries()

    async def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: Parts
    ) -> Answer:
        if method not in {"GET", "HEAD"}:
            return plain(405, Allow="GET, HEAD")
        try:
            tenant = tenant_of(headers)
            self.broker.check_tenant(tenant)
        except (StaError, NgsiError) as wrong:
            status = wrong.status
            return written(Told(OgcError(str(wrong), status=status).document(), PROBLEM, status))
        english = speaks_english(query, headers.get("accept-language", ""))

        def read(store: Store) -> Told:
            catalogue = atlas.alone(
                connection=store.connection, tenant=tenant, summaries=self.summaries
            )
            ask = Ask(catalogue, root_of(headers, self.base), path.removeprefix(self.base))
            ask.query, ask.accept, ask.english = query, headers.get("accept", ""), english
            told = routes.answer(ask)
            return alone.drawn(ask, told) if told.page else told

        if path == self.base + alone.STYLE:
            return written(alone.style())
        return written(await self.readers.run(tenant, read))


def written(told: Told) -> Answer:
    answer = Answer(told.status, told.body()).with_header("Content-Type", told.kind)
    for name, value in told.headers.items():
        answer.with_header(name, value)
    if told.kind.startswith("text/html"):
        answer.with_header("Content-Security-Policy", CSP)
    return answer.with_header("Access-Control-Allow-Origin", "*")


def speaks_english(query: str, accepted: str) -> bool:
    chosen = dict(parse_qsl(query)).get("lang", "")
    return (chosen or accepted or "en").lower().startswith("en")
