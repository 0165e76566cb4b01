"""What all resources share: requests, media types, @contexts, answers (clause 6.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

import orjson

from pengcheng.domains.sensing.api.broker import Broker, Consume, Part, Provision
from pengcheng.kit.ngsild import conforming
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import BadRequestData, InvalidRequest, NgsiError
from pengcheng.kit.ngsild.fitting import Misfit
from pengcheng.kit.ngsild.terms import NULL

T = TypeVar("T")
JSON, LD, GEO = "application/json", "application/ld+json", "application/geo+json"
MERGE = "application/merge-patch+json"
LINK_REL = "http://www.w3.org/ns/json-ld#context"
LINK = re.compile(r'<([^>]*)>\s*;[^,<]*?rel="?http://www\.w3\.org/ns/json-ld#context"?')
TENANT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_:.\-]{0,199}\Z")
VERSION = re.compile(r'(?:^|,)\s*ngsi-ld\s*=\s*"?(\d+\.\d+)"?\s*(?=[;,]|$)', re.IGNORECASE)
NULL_BYTES = NULL.encode()
LARGEST_BODY = 10 << 20
DEEPEST = 100
LIGHT = 100_000  # bytes; what a longer body says is worked out beside the loop
NESTING = (dict, list)
WEIGHT = re.compile(r"[01](\.\d*)?")
MOST = 1000  # elements a page may have
MOST_WARNINGS = 10
OPTIONS = frozenset(  # of any operation
    {"normalized", "concise", "simplified", "keyValues", "sysAttrs", "count", "temporalValues"}
    | {"aggregatedValues", "noOverwrite", "replace", "update"}
)
TRUE = {"true": True, "false": False}


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    def with_header(self, name: str, value: str) -> Answer:
        self.headers.append((name.encode("latin-1"), value.encode("latin-1", "replace")))
        return self

    def has_header(self, name: str) -> bool:
        return any(key == name.encode("latin-1") for key, _ in self.headers)


class Refusal(Exception):
    """An answer that ends the request, where HTTP wants no problem document."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def plain(status: int, **headers: str) -> Answer:
    answer = Answer(status)
    for name, value in headers.items():
        answer.with_header(name.replace("_", "-"), value)
    return answer


def problem(error: NgsiError) -> Answer:
    body = orjson.dumps(error.document())
    return Answer(error.status, body).with_header("Content-Type", JSON)


def multi(document: Any) -> Answer:
    """207: always plain JSON with full names (6.3.6)."""
    return Answer(207, orjson.dumps(document)).with_header("Content-Type", JSON)


@dataclass(slots=True)
class Request:
    """One request with what was found out about it."""

    broker: Broker
    method: str
    path: str
    query: str
    headers: dict[str, str]
    raw: bytes
    tenant: str = ""
    snapshot: str = ""  # the Snapshot that the request is about (5.5.15)
    params: dict[str, str] = field(default_factory=dict)
    context: ActiveContext = None  # type: ignore[assignment]
    accept: str = JSON
    body: Any = None
    reading: Consume | None = None
    repeat: Callable[[Consume], Answer] | None = None  # how to answer the same again
    altered: bool = False  # the answer was made to fit an earlier version
    looped: list[Part] = field(default_factory=list)  # sources from which the request came
    shown: dict[bytes, bytes] = field(default_factory=dict)  # stored entities as they were written
    misfits: list[Misfit] = field(default_factory=list)  # what fits no city data model

    async def write(self, work: Callable[[Provision], T]) -> T:
        """One operation of the tenant that is asked for."""
        heavy = len(self.raw) > LIGHT
        return await self.broker.write(self.tenant, work, self.misfits, heavy=heavy)

    def reader(self) -> Consume:
        """Reads of the tenant that is asked for."""
        self.reading = self.broker.reader(self.tenant)
        return self.reading

    # -- parameters ----------------------------------------------------------------------

    def read_params(self, allowed: frozenset[str]) -> None:
        """Unknown parameters are refused (6.3.20)."""
        if not self.query:
            return
        try:
            pairs = _pairs(self.query)
        except ValueError as reason:
            raise InvalidRequest("The query of the URL cannot be read") from reason
        for key, value in pairs:
            if key not in allowed:
                raise InvalidRequest(f"{key!r} is no parameter of this operation")
            if key in self.params:
                raise BadRequestData(f"{key} is given twice")
            self.params[key] = value
        self._check_params()

    def _check_params(self) -> None:
        for key, value in self.params.items():
            if not value and key not in {"options"}:
                raise BadRequestData(f"{key} is empty")
        if "options" in self.params and not self.options <= OPTIONS:
            raise InvalidRequest("options has a word that is no option")  # 6.3.2

    def flag(self, name: str, default: bool = False) -> bool:
        if name == "local" and self.snapshot:
            return True
        text = self.params.get(name)
        if text is None:
            return default
        if text not in TRUE:
            raise BadRequestData(f"{name} is true or false")
        return TRUE[text]

    def listed(self, name: str) -> tuple[str, ...]:
        text = self.params.get(name, "")
        return tuple(each for each in text.split(",") if each)

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        text = self.params.get(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
            raise BadRequestData(f"{name} is a whole number from {lowest} to {highest}")
        return int(text)

    @property
    def options(self) -> frozenset[str]:
        return _words(self.params.get("options", ""))

    def names(self, name: str) -> frozenset[str]:
        return frozenset(self.context.expand(each) for each in self.listed(name))

    # -- heads ---------------------------------------------------------------------------

    def read_tenant(self) -> None:
        self.tenant = self.headers.get("ngsild-tenant", "")
        if self.tenant and not TENANT.match(self.tenant):
            raise BadRequestData("The name of the tenant is not valid")

    def read_snapshot(self) -> None:
        """The Snapshot that the request is about: then it is about nothing else (5.5.15)."""
        identity = unquote(self.headers.get("ngsild-snapshot", ""))
        if identity:
            self.snapshot = identity.rstrip("/").rpartition("/snapshots/")[2]
            self.tenant = self.broker.snapshots.use(self.tenant, self.snapshot)

    def choose(self, *offered: str) -> None:
        """The media type of the answer (6.3.4)."""
        self.accept = negotiate(self.headers.get("accept", ""), offered)

    def link(self) -> str | None:
        header = self.headers.get("link")
        if header is None:
            return None
        found = LINK.findall(header)
        if len(set(found)) > 1:
            raise BadRequestData("The Link header names more than one @context")
        return found[0] if found else None

    async def read_context(self) -> None:
        """The @context of a request without a body: from its Link header (6.3.5)."""
        self.context = await self.broker.contexts.active(self.link())

    async def read_body(self, *, patch: bool = False, merging: bool = False) -> None:
        """The JSON of a request with its @context, taken from where its media type wants it."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {JSON, LD} and not (patch and kind == MERGE):
            raise Refusal(plain(415))
        self.body = parse(self.raw)
        if not merging and NULL_BYTES in self.raw:
            refuse_inner_nulls(self.body)
        if kind == LD:
            await self._context_of_body()
            return
        if isinstance(self.body, dict) and "@context" in self.body:
            raise BadRequestData("A body of application/json cannot carry an @context")
        await self.read_context()

    async def _context_of_body(self) -> None:
        if self.link() is not None:
            raise BadRequestData("A body of application/ld+json goes without a Link header")
        if isinstance(self.body, list):  # a batch: each element carries its own
            return
        if not isinstance(self.body, dict) or "@context" not in self.body:
            raise BadRequestData("A body of application/ld+json has an @context")
        self.context = await self.broker.contexts.active(self.body["@context"])

    # -- answers -------------------------------------------------------------------------

    def respond(self, payload: Any, status: int = 200) -> Answer:
        """A payload in the chosen media type with its @context in the right place (6.3.6)."""
        return self._headed(Answer(status, self.written(payload)))

    def respond_written(self, elements: list[bytes]) -> Answer:
        """A list of what was ``written`` one by one."""
        return self._headed(Answer(200, b"[" + b",".join(elements) + b"]"))

    def written(self, payload: Any) -> bytes:
        if self.older:
            amended = conforming.amended(payload, self.older)
            self.altered |= amended != payload
            payload = amended
        if self.carries_context():
            payload = with_context(payload, self.context.source)
        return orjson.dumps(payload)

    def carries_context(self) -> bool:
        """Whether the @context stands in the body; else a Link header tells it."""
        return self.accept == LD or (self.accept == GEO and not self.prefers_json())

    def _headed(self, answer: Answer) -> Answer:
        if not self.carries_context():
            answer.with_header("Link", link_to(self.context, self.broker))
        answer.with_header("Content-Type", self.accept)
        version = VERSION.search(self.headers.get("prefer", ""))
        if version:
            answer.with_header("Preference-Applied", f"ngsi-ld={version[1]}")
        if self.altered and answer.status == 200:
            answer.status = 203
        return answer

    @property
    def older(self) -> str:
        """The earlier version in whose form entities are wanted (4.3.6.8)."""
        if "/entit" not in self.path or "prefer" not in self.headers:
            return ""
        version = VERSION.search(self.headers["prefer"])
        return version[1] if version else ""

    def prefers_json(self) -> bool:
        return "body=json" in self.headers.get("prefer", "").replace(" ", "")


def warned(answer: Answer, request: Request) -> Answer:
    """What was written does not fit its city data model: said, as by HTTP's 299, not refused."""
    if not request.misfits:
        return answer
    told = [str(each)[:200] for each in dict.fromkeys(request.misfits)]
    if len(told) > MOST_WARNINGS:
        told[MOST_WARNINGS - 1 :] = [f"and {len(told) - MOST_WARNINGS + 1} more"]
    for each in told:
        answer.with_header("NGSILD-Warning", f'299 {request.broker.alias} "{each}"')
    return answer


@lru_cache(maxsize=512)
def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    """The parameters; most requests ask with words that others asked with before."""
    return tuple(parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=64))


@lru_cache(maxsize=512)
def _words(text: str) -> frozenset[str]:
    return frozenset(each for each in text.split(",") if each)


def parse(raw: bytes) -> Any:
    if not raw.strip():
        raise InvalidRequest("The request has no body")
    try:
        body = orjson.loads(raw)
    except ValueError as reason:
        raise InvalidRequest(f"The body is not JSON: {reason}") from reason
    if raw.count(b"{") + raw.count(b"[") >= DEEPEST and deep(body, DEEPEST):
        raise InvalidRequest("The body is nested too deeply")
    return body


def refuse_inner_nulls(body: Any, inside: bool = False) -> None:
    """Within a value the Null means something to a merge only (5.5.4)."""
    if inside and body == NULL:
        raise BadRequestData("Only a merge can delete members of a value")
    if isinstance(body, list):
        for each in body:
            refuse_inner_nulls(each, inside)
    elif isinstance(body, dict):
        for key, each in body.items():
            within = inside or (key == "value" and isinstance(each, dict))
            refuse_inner_nulls(each, within)


def deep(value: Any, most: int) -> bool:
    """Whether anything lies so many levels down; looked for level by level."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(most - 1):
        if not level:
            return False
        level = [
            inner
            for each in level
            for inner in (each.values() if type(each) is dict else each)
            if type(inner) in NESTING
        ]
    return any(level)


def negotiate(header: str, offered: tuple[str, ...]) -> str:
    """The best of what is offered; with equal weight the first offered wins."""
    if not header or header == "*/*" or header == offered[0]:
        return offered[0]
    wanted: list[tuple[str, float]] = []
    for part in header.split(","):
        kind, *extra = (each.strip() for each in part.split(";"))
        weight = next((each[2:] for each in extra if each.startswith("q=")), "1")
        wanted.append((kind.lower(), float(weight) if WEIGHT.fullmatch(weight) else 1.0))
    best, score = "", 0.0
    for each in offered:
        found = max(((_near(k), w) for k, w in wanted if _covers(k, each)), default=(0, 0.0))[1]
        if found > score:
            best, score = each, found
    if not best:
        body = orjson.dumps({"available": offered})
        raise Refusal(Answer(406, body).with_header("Content-Type", JSON))
    return best


def _covers(kind: str, offered: str) -> bool:
    return kind in {"*/*", "application/*", offered}


def _near(kind: str) -> int:
    """How closely a media range speaks of a type: the closest decides (RFC 9110, 12.5.1)."""
    return 0 if kind == "*/*" else 1 if kind.endswith("/*") else 2


def with_context(payload: Any, source: Any) -> Any:
    if isinstance(payload, list):
        return [with_context(each, source) for each in payload]
    if isinstance(payload, dict):
        return {**payload, "@context": source}
    return payload


def link_to(context: ActiveContext, broker: Broker) -> str:
    """The Link header of an answer; a context that was given inline gets an address here."""
    source = context.source
    if not isinstance(source, str):
        source = broker.contexts.address_of(source)
    return f'<{source}>; rel="{LINK_REL}"; type="{LD}"'


def segments(path: str) -> list[str]:
    listed = path.split("/")
    return [unquote(each) for each in listed] if "%" in path else listed
