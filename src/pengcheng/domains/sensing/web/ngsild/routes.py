"""Which operation stands at which address, and with which parameters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pengcheng.domains.sensing.web.ngsild import (
    batch,
    discovery,
    entities,
    evolutions,
    evolving,
    hosted,
    maps,
    querying,
    registrations,
    snapshots,
    subscriptions,
    temporal,
)
from pengcheng.domains.sensing.web.ngsild.choices import FILTER, MAPPING, ORDERING, PAGING, VIEW
from pengcheng.domains.sensing.web.ngsild.http import Answer

Handler = Callable[..., Awaitable[Answer]]
Methods = dict[str, tuple[Handler, frozenset[str]]]
LOCAL = frozenset({"local"})
NOTHING: frozenset[str] = frozenset()
OPTIONS = frozenset({"options", "format"}) | LOCAL
ONE = VIEW | MAPPING | {"type"}
DISCOVER = FILTER | PAGING | OPTIONS | {"attrs", "timerel", "timeAt", "endTimeAt", "timeproperty"}
DISCOVER |= {"geometryProperty", "lang", "pick", "omit"}  # of entities: they change nothing here
EVOLUTIONS = temporal.TEMPORAL | FILTER | PAGING | ORDERING | MAPPING
QUERY = VIEW | FILTER | PAGING | ORDERING | MAPPING

ROUTES: dict[str, Methods] = {
    "/entities": {
        "POST": (entities.create, OPTIONS),
        "GET": (querying.query, QUERY),
        "DELETE": (querying.purge, FILTER | LOCAL | {"attrs", "keep", "drop", "geometryProperty"}),
    },
    "/entities/{}": {
        "GET": (entities.retrieve, ONE),
        "DELETE": (entities.delete, LOCAL | {"type"}),
        "PUT": (entities.replace, OPTIONS | {"type"}),
        "PATCH": (entities.merge, OPTIONS | {"type", "observedAt", "lang"}),
    },
    "/entities/{}/attrs": {
        "POST": (entities.append, OPTIONS | {"type"}),
        "PATCH": (entities.update, OPTIONS | {"type"}),
    },
    "/entities/{}/attrs/{}": {
        "GET": (entities.retrieve_attribute, VIEW),
        "PATCH": (entities.partial, OPTIONS | {"type"}),
        "PUT": (entities.replace_attribute, OPTIONS | {"type"}),
        "DELETE": (entities.delete_attribute, LOCAL | {"datasetId", "deleteAll", "type"}),
    },
    "/entityOperations/create": {"POST": (batch.create, OPTIONS)},
    "/entityOperations/upsert": {"POST": (batch.upsert, OPTIONS)},
    "/entityOperations/update": {"POST": (batch.update, OPTIONS)},
    "/entityOperations/merge": {"POST": (batch.merge, OPTIONS | {"observedAt", "lang"})},
    "/entityOperations/delete": {"POST": (batch.delete, LOCAL)},
    "/subscriptions": {
        "POST": (subscriptions.create, LOCAL),
        "GET": (subscriptions.listed, PAGING | OPTIONS),
    },
    "/subscriptions/{}": {
        "GET": (subscriptions.retrieve, OPTIONS),
        "PATCH": (subscriptions.update, LOCAL),
        "DELETE": (subscriptions.delete, LOCAL),
    },
    "/remote-notify/{}": {"POST": (subscriptions.received, NOTHING)},
    "/received/{}": {"POST": (subscriptions.received, NOTHING)},  # as earlier versions named it
    "/csourceRegistrations": {
        "POST": (registrations.register, LOCAL),
        "GET": (registrations.discover, DISCOVER),
    },
    "/csourceRegistrations/{}": {
        "GET": (registrations.retrieve, OPTIONS),
        "PATCH": (registrations.change, LOCAL),
        "DELETE": (registrations.remove, LOCAL),
    },
    "/csourceSubscriptions": {
        "POST": (registrations.subscribe, LOCAL),
        "GET": (registrations.subscriptions_listed, PAGING | OPTIONS),
    },
    "/csourceSubscriptions/{}": {
        "GET": (registrations.subscription, OPTIONS),
        "PATCH": (registrations.resubscribe, LOCAL),
        "DELETE": (registrations.unsubscribe, LOCAL),
    },
    "/entityMaps": {
        "GET": (querying.map_query, QUERY),
        "POST": (querying.map_query_by_post, QUERY),
    },
    "/entityMaps/{}": {
        "GET": (maps.retrieve, LOCAL),
        "PATCH": (maps.update, LOCAL),
        "DELETE": (maps.delete, LOCAL),
    },
    "/info/sourceIdentity": {"GET": (registrations.identity_of_source, LOCAL)},
    "/types": {"GET": (discovery.types, LOCAL | {"details"})},
    "/types/{}": {"GET": (discovery.one_type, LOCAL)},
    "/attributes": {"GET": (discovery.attributes, LOCAL | {"details"})},
    "/attributes/{}": {"GET": (discovery.one_attribute, LOCAL)},
    "/jsonldContexts": {
        "POST": (hosted.add, NOTHING),
        "GET": (hosted.listed, frozenset({"details", "kind"})),
    },
    "/jsonldContexts/{}": {
        "GET": (hosted.serve, frozenset({"details", "core"})),
        "DELETE": (hosted.delete, frozenset({"reload"})),
    },
    "/temporal/entities": {
        "POST": (evolving.upsert, LOCAL),
        "GET": (evolutions.query, temporal.TEMPORAL | FILTER | PAGING | ORDERING | MAPPING),
    },
    "/temporal/entities/{}": {
        "GET": (evolutions.retrieve, temporal.TEMPORAL | MAPPING),
        "DELETE": (evolving.delete, LOCAL),
    },
    "/temporal/entities/{}/attrs": {"POST": (evolving.append, LOCAL)},
    "/temporal/entities/{}/attrs/{}": {
        "DELETE": (evolving.delete_attribute, LOCAL | {"datasetId", "deleteAll"}),
    },
    "/temporal/entities/{}/attrs/{}/{}": {
        "PATCH": (evolving.modify_instance, LOCAL),
        "DELETE": (evolving.delete_instance, LOCAL),
    },
    "/temporal/entityOperations/query": {
        "POST": (evolutions.query_by_post, temporal.TEMPORAL | PAGING | MAPPING),
    },
    "/temporal/entityMaps": {
        "GET": (evolutions.map_query, EVOLUTIONS),
        "POST": (evolutions.map_query_by_post, EVOLUTIONS),
    },
    "/snapshots": {
        "POST": (snapshots.create, LOCAL | {"splitEntities"}),
        "DELETE": (snapshots.purge, LOCAL | {"q"}),
    },
    "/snapshots/{}": {
        "GET": (snapshots.retrieve, LOCAL),
        "PATCH": (snapshots.update, LOCAL),
        "DELETE": (snapshots.delete, LOCAL),
    },
    "/snapshots/{}/clone": {"POST": (snapshots.clone, LOCAL)},
    "/entityOperations/query": {
        "POST": (querying.query_by_post, VIEW | PAGING | MAPPING | ORDERING)
    },
}
