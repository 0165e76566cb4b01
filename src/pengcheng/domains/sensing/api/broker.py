"""The door of the context broker, for the bindings that serve it."""

from pengcheng.domains.sensing.ops.broker import history, rows
from pengcheng.domains.sensing.ops.broker.consume import (
    Consume,
    EntityQuery,
    Order,
    Page,
    Survey,
    survey,
)
from pengcheng.domains.sensing.ops.broker.contexts import digest
from pengcheng.domains.sensing.ops.broker.core import CONTEXTS, Broker
from pengcheng.domains.sensing.ops.broker.distributing import Call, Part, merged
from pengcheng.domains.sensing.ops.broker.provision import Outcomes, Provision
from pengcheng.domains.sensing.ops.broker.registering import bare, describes
from pengcheng.domains.sensing.ops.broker.subscribing import told

__all__ = [
    "CONTEXTS",
    "Broker",
    "Call",
    "Consume",
    "EntityQuery",
    "Order",
    "Outcomes",
    "Page",
    "Part",
    "Provision",
    "Survey",
    "bare",
    "describes",
    "digest",
    "history",
    "merged",
    "rows",
    "survey",
    "told",
]
