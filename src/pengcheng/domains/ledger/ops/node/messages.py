"""The messages of ABCI 2.0 that we need, by name and number, and how they lie in a stream.

What a newer engine adds is read past, as protobuf means it: unknown fields change nothing.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

LARGEST = 64 * 1024 * 1024
_KINDS = {"b": 12, "s": 9, "i": 3, "u": 4, "w": 13, "e": 5}  # bytes string int64 uint64 uint32 enum
# name: field number and kind; a capital names a message, * means several
MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "Time": {"seconds": (1, "i"), "nanos": (2, "e")},
    "Empty": {},
    "Echo": {"message": (1, "s")},
    "Exception": {"error": (1, "s")},
    "InfoIn": {"version": (1, "s")},
    "InfoOut": {
        "data": (1, "s"), "version": (2, "s"), "app_version": (3, "u"),
        "last_block_height": (4, "i"), "last_block_app_hash": (5, "b"),
    },
    "InitIn": {
        "time": (1, "Time"), "chain_id": (2, "s"), "app_state_bytes": (5, "b"),
        "initial_height": (6, "i"),
    },
    "InitOut": {"app_hash": (3, "b")},
    "QueryIn": {"data": (1, "b"), "path": (2, "s"), "height": (3, "i"), "prove": (4, "e")},
    "QueryOut": {
        "code": (1, "w"), "log": (3, "s"), "key": (6, "b"), "value": (7, "b"), "height": (9, "i"),
    },
    "CheckIn": {"tx": (1, "b"), "type": (2, "e")},
    "Result": {
        "code": (1, "w"), "data": (2, "b"), "log": (3, "s"), "gas_wanted": (5, "i"),
        "gas_used": (6, "i"), "codespace": (8, "s"),
    },
    "CommitOut": {"retain_height": (3, "i")},
    "Status": {"status": (1, "e")},
    "PrepareIn": {
        "max_tx_bytes": (1, "i"), "txs": (2, "b*"), "height": (5, "i"), "time": (6, "Time"),
    },
    "PrepareOut": {"txs": (1, "b*")},
    "ProcessIn": {"txs": (1, "b*"), "hash": (4, "b"), "height": (5, "i"), "time": (6, "Time")},
    "FinalizeIn": {"txs": (1, "b*"), "hash": (4, "b"), "height": (5, "i"), "time": (6, "Time")},
    "FinalizeOut": {"tx_results": (2, "Result*"), "app_hash": (5, "b")},
    "Request": {
        "echo": (1, "Echo"), "flush": (2, "Empty"), "info": (3, "InfoIn"),
        "init_chain": (5, "InitIn"), "query": (6, "QueryIn"), "check_tx": (8, "CheckIn"),
        "commit": (11, "Empty"), "list_snapshots": (12, "Empty"), "offer_snapshot": (13, "Empty"),
        "load_snapshot_chunk": (14, "Empty"), "apply_snapshot_chunk": (15, "Empty"),
        "prepare_proposal": (16, "PrepareIn"), "process_proposal": (17, "ProcessIn"),
        "extend_vote": (18, "Empty"), "verify_vote_extension": (19, "Empty"),
        "finalize_block": (20, "FinalizeIn"),
    },
    "Response": {
        "exception": (1, "Exception"), "echo": (2, "Echo"), "flush": (3, "Empty"),
        "info": (4, "InfoOut"), "init_chain": (6, "InitOut"), "query": (7, "QueryOut"),
        "check_tx": (9, "Result"), "commit": (12, "CommitOut"), "list_snapshots": (13, "Empty"),
        "offer_snapshot": (14, "Status"), "load_snapshot_chunk": (15, "Empty"),
        "apply_snapshot_chunk": (16, "Status"), "prepare_proposal": (17, "PrepareOut"),
        "process_proposal": (18, "Status"), "extend_vote": (19, "Empty"),
        "verify_vote_extension": (20, "Status"), "finalize_block": (21, "FinalizeOut"),
    },
}  # fmt: skip


def _classes() -> dict[str, type[Any]]:
    file = descriptor_pb2.FileDescriptorProto(
        name="pengcheng/abci.proto", package="pengcheng.abci", syntax="proto3"
    )
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        if name in {"Request", "Response"}:
            message.oneof_decl.add(name="value")
        for label, (number, kind) in fields.items():
            field = message.field.add(name=label, number=number)
            field.label = 3 if kind.endswith("*") else 1
            kind = kind.rstrip("*")
            if kind in _KINDS:
                field.type = _KINDS[kind]  # type: ignore[assignment]
            else:
                field.type, field.type_name = 11, f".pengcheng.abci.{kind}"
            if name in {"Request", "Response"}:
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)  # type: ignore[no-untyped-call]
    found = message_factory.GetMessageClassesForFiles(["pengcheng/abci.proto"], pool)
    return {full.rpartition(".")[2]: made for full, made in found.items()}


_MADE = _classes()
Request, Response = _MADE["Request"], _MADE["Response"]


def framed(message: Any) -> bytes:
    """The message behind its length, as the engine reads it."""
    body = message.SerializeToString(deterministic=True)
    return varint(len(body)) + bytes(body)


def varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
