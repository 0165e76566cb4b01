"""Payloads of Sparkplug B (3.0, chapter 6): protobuf to metrics and back.

The message types are told to the protobuf runtime as a table; there is no generated code.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

_F = descriptor_pb2.FieldDescriptorProto
PACKAGE = "org.eclipse.tahu.protobuf"
# message: (number, name, kind); a kind in capitals is another message, [..] is repeated.
MESSAGES: dict[str, tuple[tuple[int, str, str], ...]] = {
    "PropertyValue": (
        *((1, "type", "uint32"), (2, "is_null", "bool"), (3, "int_value", "uint32")),
        *((4, "long_value", "uint64"), (5, "float_value", "float")),
        *((6, "double_value", "double"), (7, "boolean_value", "bool")),
        (8, "string_value", "string"),
    ),
    "PropertySet": ((1, "keys", "[string]"), (2, "values", "[PropertyValue]")),
    "Metric": (
        *((1, "name", "string"), (2, "alias", "uint64"), (3, "timestamp", "uint64")),
        *((4, "datatype", "uint32"), (5, "is_historical", "bool"), (6, "is_transient", "bool")),
        *((7, "is_null", "bool"), (9, "properties", "PropertySet"), (10, "int_value", "uint32")),
        *((11, "long_value", "uint64"), (12, "float_value", "float")),
        *((13, "double_value", "double"), (14, "boolean_value", "bool")),
        *((15, "string_value", "string"), (16, "bytes_value", "bytes")),
    ),
    "Payload": (
        *((1, "timestamp", "uint64"), (2, "metrics", "[Metric]"), (3, "seq", "uint64")),
        *((4, "uuid", "string"), (5, "body", "bytes")),
    ),
}
KINDS = {
    "uint32": _F.TYPE_UINT32,
    "uint64": _F.TYPE_UINT64,
    "bool": _F.TYPE_BOOL,
    "float": _F.TYPE_FLOAT,
    "double": _F.TYPE_DOUBLE,
    "string": _F.TYPE_STRING,
    "bytes": _F.TYPE_BYTES,
}
# Data types (table 6.4.16): signed integers travel as unsigned ones.
INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, FLOAT, DOUBLE, BOOLEAN, STRING = range(
    1, 13
)
DATETIME = 13
SIGNED = {INT8: 8, INT16: 16, INT32: 32, INT64: 64}
MEMBER = {
    **dict.fromkeys((INT8, INT16, INT32, UINT8, UINT16, UINT32), "int_value"),
    **dict.fromkeys((INT64, UINT64, DATETIME), "long_value"),
    FLOAT: "float_value",
    DOUBLE: "double_value",
    BOOLEAN: "boolean_value",
}
VALUES = tuple(
    f"{each}_value" for each in ("int", "long", "float", "double", "boolean", "string", "bytes")
)


class PayloadError(ValueError):
    """What came is no payload of Sparkplug B."""


class Metric(NamedTuple):
    """One metric; ``timestamp`` in milliseconds since 1970."""

    name: str
    value: Any = None
    datatype: int = 0
    alias: int | None = None
    timestamp: int | None = None
    unit: str = ""


class Payload(NamedTuple):
    metrics: tuple[Metric, ...]
    seq: int | None = None
    timestamp: int | None = None


def _described() -> Any:
    file = descriptor_pb2.FileDescriptorProto(
        name="pengcheng_sparkplug_b.proto", package=PACKAGE, syntax="proto2"
    )
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, field, kind in fields:
            many, kind = kind.startswith("["), kind.strip("[]")
            one = message.field.add(name=field, number=number)
            one.label = _F.LABEL_REPEATED if many else _F.LABEL_OPTIONAL
            if kind in KINDS:
                one.type = KINDS[kind]
            else:
                one.type, one.type_name = _F.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = pool.FindMessageTypeByName(f"{PACKAGE}.Payload")
    return message_factory.GetMessageClass(found)


MESSAGE = _described()


def decode(data: bytes) -> Payload:
    """Raises PayloadError."""
    try:
        message = MESSAGE.FromString(data)
    except DecodeError as reason:
        raise PayloadError(str(reason)) from reason
    return Payload(
        tuple(_metric(each) for each in message.metrics),
        message.seq if message.HasField("seq") else None,
        message.timestamp if message.HasField("timestamp") else None,
    )


def _metric(each: Any) -> Metric:
    value = None
    if not each.is_null:
        name = next((name for name in VALUES if each.HasField(name)), "")
        value = signed(each.datatype, getattr(each, name)) if name else None
        value = _short(float(value or 0)) if name == "float_value" else value
    return Metric(
        each.name,
        value,
        each.datatype,
        each.alias if each.HasField("alias") else None,
        each.timestamp if each.HasField("timestamp") else None,
        _unit(each.properties) if each.HasField("properties") else "",
    )


def _unit(properties: Any) -> str:
    for key, value in zip(properties.keys, properties.values, strict=False):
        if key.lower() in {"engunit", "unit", "units"}:
            return str(value.string_value)
    return ""


def signed(datatype: int, value: Any) -> Any:
    bits = SIGNED.get(datatype)
    if bits is None or not isinstance(value, int):
        return value
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _short(value: float) -> float:
    """A float of 32 bits as it was meant: the shortest number that is the same in 32 bits."""
    for digits in range(6, 10):
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == struct.pack("f", value):
            return short
    return value


def encode(metrics: Iterable[Metric], *, seq: int | None = None, timestamp: int) -> bytes:
    message = MESSAGE(timestamp=timestamp)
    if seq is not None:
        message.seq = seq
    for each in metrics:
        one = message.metrics.add(name=each.name, datatype=each.datatype or _type(each.value))
        one.timestamp = each.timestamp if each.timestamp is not None else timestamp
        if each.alias is not None:
            one.alias = each.alias
        if each.value is None:
            one.is_null = True
        else:
            _put(one, each.value)
    data: bytes = message.SerializeToString()
    return data


def _type(value: Any) -> int:
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INT64
    return DOUBLE if isinstance(value, float) else STRING


def _put(one: Any, value: Any) -> None:
    name = MEMBER.get(one.datatype, "string_value")
    if name in {"int_value", "long_value"}:
        value &= (1 << (64 if name == "long_value" else 32)) - 1
    setattr(one, name, value)
