"""Parameters of a URL, or members of a Query, made into queries and writers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pengcheng.domains.sensing.api.broker import EntityQuery, Order
from pengcheng.domains.sensing.web.ngsild.http import GEO, MOST, Request
from pengcheng.kit.ngsild import choosing, terms
from pengcheng.kit.ngsild.asking import Compiled, compile_query
from pengcheng.kit.ngsild.choosing import Projection
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import BadRequestData, InvalidRequest
from pengcheng.kit.ngsild.linking import Join, Shown, omitted
from pengcheng.kit.ngsild.writing import Format, Writer

FORMATS: dict[str, Format] = {
    "normalized": "normalized",
    "concise": "concise",
    "simplified": "simplified",
    "keyValues": "simplified",
}
VIEW = frozenset(
    {"attrs", "pick", "omit", "options", "format", "lang", "datasetId", "geometryProperty"}
    | {"join", "joinLevel", "containedBy", "local", "jsonKeys"}
)
PAGING = frozenset({"limit", "offset", "count"})
GEOQUERY = frozenset({"georel", "geometry", "coordinates", "geoproperty"})
FILTER = GEOQUERY | {"id", "type", "idPattern", "q", "scopeQ", "csf", "expandValues"}
MAPPING = frozenset({"entityMap", "entityMapLifetime", "splitEntities"})
ORDERING = frozenset({"orderBy", "collation", "orderFrom", "orderGeometry"})
ORDERED_BY = choosing.KEPT | {"observedAt", "unitCode"}
COLLATION = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")
KNOWN_OPTIONS = frozenset({*FORMATS, "sysAttrs", "count", "temporalValues", "aggregatedValues"})


@dataclass(frozen=True, kw_only=True)
class View(Shown):
    """How entities are shown."""

    geometry_property: str = ""


def view(request: Request) -> View:
    """Read the parameters of a representation."""
    options = request.options
    unknown = options - KNOWN_OPTIONS
    if unknown:
        raise InvalidRequest(f"{sorted(unknown)[0]!r} is no option of this operation")
    form: Format = "normalized"
    for each in FORMATS:
        if each in options:
            form = FORMATS[each]
    asked = request.params.get("format")
    if asked is not None:
        if asked not in FORMATS:
            raise InvalidRequest(f"{asked!r} is no format of entities")
        form = FORMATS[asked]
    if "geometryProperty" in request.params and request.accept != GEO:
        raise BadRequestData("geometryProperty goes with Accept: application/geo+json")
    pick, omit = projections(request.params, request.context)
    picked = pick.names if pick else None
    if "attrs" in request.params and pick is None:
        picked = names_of(request.listed("attrs"), request.context) | {"id", "type", "scope"}
    writer = Writer(
        request.context,
        form,
        sys_attrs="sysAttrs" in options,
        pick=picked,
        omit=omitted(omit),
        language=request.params.get("lang", ""),
        datasets=datasets(request.listed("datasetId")),
    )
    name = request.params.get("geometryProperty", "location")
    return View(
        writer=writer,
        join=join(request),
        geometry_property=request.context.expand(name),
        pick=pick,
        omit=omit,
    )


def reaches(view: View, q: Compiled | None = None) -> None:
    """Braces in a projection or in q need a join that reaches as deep (5.7.1.4, 5.7.2.4)."""
    deep = max((depth(each) for each in (view.pick, view.omit) if each), default=0)
    allowed = view.join.level if view.join.kind else 0
    if deep > allowed:
        raise BadRequestData("The projection reaches further than join and joinLevel")
    if q is not None and q.depth > allowed:
        raise BadRequestData("q follows links further than join and joinLevel")


def depth(projection: Projection) -> int:
    return max((1 + depth(each) for each in projection.linked.values()), default=0)


def projections(
    given: Mapping[str, Any], context: ActiveContext
) -> tuple[Projection | None, Projection | None]:
    found = []
    for key in ("pick", "omit"):
        text = given.get(key)
        if isinstance(text, list):
            text = ",".join(map(str, text))
        found.append(choosing.projection(text, context) if text else None)
    pick, omit = found
    if pick and omit and pick.names & omitted(omit):
        raise BadRequestData("pick and omit name the same member")
    return pick, omit


def names_of(names: tuple[str, ...], context: ActiveContext) -> frozenset[str]:
    """Names expanded; times of the system keep theirs."""
    return frozenset(
        each if each in terms.SYSTEM else context.expand(terms.name(each)) for each in names
    )


def datasets(listed: tuple[str, ...]) -> frozenset[str] | None:
    for each in listed:
        if each != terms.NONE:
            terms.uri(each, "datasetId")
    return frozenset(listed) or None


def join(request: Request) -> Join:
    kind = request.params.get("join", "")
    if kind not in {"", "flat", "inline", "@none"}:
        raise BadRequestData("join is flat, inline or @none")
    if not kind and ("joinLevel" in request.params or "containedBy" in request.params):
        raise BadRequestData("joinLevel and containedBy go with join")
    level = request.number("joinLevel", 1, 1, 10)
    return Join("" if kind == "@none" else kind, level, frozenset(request.listed("containedBy")))


# --- filters ----------------------------------------------------------------------------


def entity_query(request: Request, given: Mapping[str, Any]) -> EntityQuery:
    """Compile all filters; ``given`` has the names of the URL's parameters."""
    context = request.context
    types = given.get("type")
    selection = choosing.type_selection(types, context) if types else None
    ids = tuple(terms.uri(each, "id") for each in strings(given.get("id")))
    if given.get("csf"):
        compile_query(given["csf"], context)  # refuses what cannot be read
    return EntityQuery(
        types=selection,
        ids=ids,
        id_pattern=pattern(given.get("idPattern")),
        attributes=names_of(tuple(strings(given.get("attrs"))), context),
        q=_compiled(given, context),
        geo=_geo(given, context),
        scope=choosing.scope_query(given["scopeQ"]) if given.get("scopeQ") else None,
        datasets=datasets(tuple(strings(given.get("datasetId")))),
        order=ordering(given, context),
        limit=request.number("limit", 20, 0, MOST),
        offset=request.number("offset", 0, 0, 10**9),
        count=request.flag("count") or "count" in request.options,
    )


def strings(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [each for each in value.split(",") if each]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadRequestData("Names are given as a list of texts")
    return value


def pattern(text: Any) -> re.Pattern[str] | None:
    if text is None:
        return None
    if not isinstance(text, str) or len(text) > 512:
        raise BadRequestData("idPattern is a regular expression")
    try:
        return re.compile(text)
    except (re.error, RecursionError) as reason:
        raise BadRequestData(f"idPattern is not valid: {reason}") from reason


def _compiled(given: Mapping[str, Any], context: ActiveContext) -> Any:
    if not given.get("q"):
        return None
    expand = names_of(tuple(strings(given.get("expandValues"))), context)
    return compile_query(given["q"], context, expand_values=expand)


def _geo(given: Mapping[str, Any], context: ActiveContext) -> Any:
    if all(given.get(key) is None for key in ("georel", "geometry", "coordinates")):
        return None
    return choosing.geo_query(given, context)


def too_wide(query: EntityQuery, given: Mapping[str, Any], *, local: bool) -> None:
    """Something must be asked for (5.7.2.4); ``*`` means everything held here."""
    if given.get("type") == "*" or local:
        return
    named = query.attributes | (query.q.attributes if query.q else frozenset())
    if query.types or query.geo or not named <= ORDERED_BY:
        return
    raise BadRequestData("At least one of type, attrs, q, georel or local=true is needed")


def ordering(given: Mapping[str, Any], context: ActiveContext) -> tuple[Order, ...]:
    """The keys of an ordering (4.23)."""
    listed = strings(given.get("orderBy"))
    origin = None
    if any(each.rpartition(";")[2].startswith("dist-") for each in listed):
        kind = given.get("orderGeometry", "Point")
        if "orderFrom" not in given:
            raise BadRequestData("Ordering by distance needs orderFrom")
        asked = {"georel": "equals", "geometry": kind, "coordinates": given["orderFrom"]}
        origin = choosing.geo_query(asked, context).reference
    if "collation" in given and not COLLATION.match(str(given["collation"])):
        raise BadRequestData(
            f"{given['collation']!r} is no collation such as und or de-u-co-phonebk"
        )
    collated = "collation" in given
    return tuple(replace(_order(each, context, origin), collated=collated) for each in listed)


def _order(text: str, context: ActiveContext, origin: Any) -> Order:
    word, _, style = text.partition(";")
    word, bracket, inner = word.partition("[")
    if bracket and not inner.endswith("]"):
        raise BadRequestData(f"orderBy cannot be read: {text!r}")
    trail = tuple(inner[:-1].split(".")) if bracket else ()
    if style not in {"", "asc", "desc", "dist-asc", "dist-desc"}:
        raise BadRequestData(f"{style!r} is no way of ordering")
    parts = word.split(".")
    if not all(parts):
        raise BadRequestData(f"orderBy cannot be read: {text!r}")
    names = (each if each in ORDERED_BY else context.expand(terms.name(each)) for each in parts)
    by_distance = style.startswith("dist-")
    return Order(tuple(names), trail, style.endswith("desc"), origin if by_distance else None)


def _not_empty(given: Mapping[str, Any]) -> None:
    for key in ("attrs", "pick", "omit", "containedBy"):
        if given.get(key) == []:
            raise BadRequestData(f"{key} is a list that is not empty")


def query_document(body: Any) -> dict[str, Any]:
    """A Query (5.2.23) with the names of the URL's parameters."""
    if not isinstance(body, dict) or body.get("type") != "Query":
        raise BadRequestData('The body is a Query: "type": "Query"')
    given = {key: value for key, value in body.items() if key not in {"type", "@context"}}
    _not_empty(given)
    geo = given.pop("geoQ", None)
    if geo is not None:
        if not isinstance(geo, dict):
            raise BadRequestData("geoQ is an object")
        given |= {key: geo[key] for key in GEOQUERY if key in geo}
    if "ordering" in given:
        given |= _ordering_params(given.pop("ordering"))
    return given


ORDERING_PARAMS = {
    "orderBy": ("orderBy", list),
    "geometry": ("orderGeometry", str),
    "coordinates": ("orderFrom", list),
    "collation": ("collation", str),
}


def _ordering_params(parts: Any) -> dict[str, Any]:
    """OrderingParams (5.2.43) with the names of the URL's parameters."""
    if not isinstance(parts, dict) or not parts.keys() <= ORDERING_PARAMS.keys():
        raise BadRequestData("ordering has orderBy, geometry, coordinates and collation")
    found: dict[str, Any] = {}
    for key, value in parts.items():
        name, kind = ORDERING_PARAMS[key]
        if not isinstance(value, kind):
            raise BadRequestData(f"{key} of ordering is no {'text' if kind is str else 'list'}")
        found[name] = value
    if not all(isinstance(each, str) for each in found.get("orderBy", ())):
        raise BadRequestData("orderBy is a list of texts")
    return found


def selectors(given: dict[str, Any]) -> list[dict[str, Any]]:
    """The EntitySelectors of a Query, each as filters of id, type and idPattern."""
    entities = given.pop("entities", None)
    if entities is None:
        return [{}]
    if not isinstance(entities, list) or not entities:
        raise BadRequestData("entities is a list that is not empty")
    return [selector(each) for each in entities]


def selector(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise BadRequestData("An entity selector has a type")
    identity = value.get("id")
    if identity is not None:
        for each in identity if isinstance(identity, list) else [identity]:
            terms.uri(each, "id")
    if identity is None:
        return {key: value[key] for key in ("type", "idPattern") if key in value}
    listed = identity if isinstance(identity, list) else [identity]
    return {"type": value["type"], "id": listed}  # which goes before idPattern
