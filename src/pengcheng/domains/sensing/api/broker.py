"""The door of the context broker, for the bindings that serve it."""

from pengcheng.domains.sensing.ops.broker import history, past, rows
from pengcheng.domains.sensing.ops.broker.consume import (
    Consume,
    EntityQuery,
    Order,
    Page,
    Survey,
    is_over,
    named,
    survey,
)
from pengcheng.domains.sensing.ops.broker.contexts import digest
from pengcheng.domains.sensing.ops.broker.core import CONTEXTS, Broker
from pengcheng.domains.sensing.ops.broker.database import Database
from pengcheng.domains.sensing.ops.broker.distributing import Gathered, Part, merged
from pengcheng.domains.sensing.ops.broker.fitting import strict_of
from pengcheng.domains.sensing.ops.broker.mapping import HERE, EntityMap, until
from pengcheng.domains.sensing.ops.broker.provision import Outcomes, Provision
from pengcheng.domains.sensing.ops.broker.readings import Delivery, Kept, Sample, iri, take
from pengcheng.domains.sensing.ops.broker.registering import bare, describes
from pengcheng.domains.sensing.ops.broker.sending import Call, Reply
from pengcheng.domains.sensing.ops.broker.snapshots import told as told_of
from pengcheng.domains.sensing.ops.broker.snapshots import until as until_of
from pengcheng.domains.sensing.ops.broker.subscribing import told

__all__ = [
    "CONTEXTS",
    "HERE",
    "Broker",
    "Call",
    "Consume",
    "Database",
    "Delivery",
    "EntityMap",
    "EntityQuery",
    "Gathered",
    "Kept",
    "Order",
    "Outcomes",
    "Page",
    "Part",
    "Provision",
    "Reply",
    "Sample",
    "Survey",
    "bare",
    "describes",
    "digest",
    "history",
    "iri",
    "is_over",
    "merged",
    "named",
    "past",
    "rows",
    "strict_of",
    "survey",
    "take",
    "told",
    "told_of",
    "until",
    "until_of",
]
