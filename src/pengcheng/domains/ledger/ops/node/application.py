"""What a node does with the blocks that all organisations agreed on.

A transaction is a step signed by its sender's Ed25519 key, with a running number so that none
counts twice. Every node runs the same steps in the same order and must come to the same hash.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from pengcheng.domains.ledger.ops.node.messages import Response
from pengcheng.domains.ledger.rules import machine
from pengcheng.domains.ledger.rules.language import Refused

ACCEPT, REJECT, REFUSED_SNAPSHOT = 1, 2, 3
LARGEST_TX, APP_VERSION = 60_000, 1
BAD, STALE = 1, 2  # codes of what never enters a block


class Tx(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed step. The sender is named after the key."""

    key: str
    nonce: int
    step: dict[str, Any]
    sig: str

    @property
    def sender(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest()[:40]


def signed(step: dict[str, Any], nonce: int, key: Ed25519PrivateKey, chain: str) -> bytes:
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    told = Tx(public, nonce, step, "")
    signature = base64.b64encode(key.sign(_told(told, chain))).decode()
    return machine.canonical(msgspec.structs.replace(told, sig=signature))


def _told(tx: Tx, chain: str) -> bytes:
    return machine.canonical(["pengcheng ledger tx v1", chain, tx.key, tx.nonce, tx.step])


def read(raw: bytes, chain: str) -> Tx:
    """A transaction whose signature holds for this chain. Raises Refused."""
    try:
        tx = msgspec.json.decode(raw[: LARGEST_TX + 1], type=Tx)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(tx.key, validate=True))
        key.verify(base64.b64decode(tx.sig, validate=True), _told(tx, chain))
    except (msgspec.MsgspecError, InvalidSignature, binascii.Error, ValueError) as error:
        raise Refused("tx", f"not a signed step: {type(error).__name__}") from error
    if len(raw) > LARGEST_TX or raw != machine.canonical(tx):
        raise Refused("tx", "not in canonical form")
    return tx


class Disk:
    """The node's state; a block is written whole, with its height and hash, or not at all."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value BLOB)")
        self._db.execute("CREATE TABLE IF NOT EXISTS tip (one INTEGER PRIMARY KEY, told BLOB)")

    def get(self, key: str) -> Any:
        row = self._db.execute("SELECT value FROM state WHERE key = ?", [key]).fetchone()
        return msgspec.json.decode(row[0]) if row else None

    def items(self) -> Iterator[tuple[str, Any]]:
        # Order by bytes is order by code points, which is how Python sorts texts.
        for key, value in self._db.execute("SELECT key, value FROM state ORDER BY key"):
            yield key, msgspec.json.decode(value)

    def put(self, key: str, value: Any) -> None:
        raise TypeError("only a whole block is written")

    def tip(self) -> dict[str, Any]:
        row = self._db.execute("SELECT told FROM tip").fetchone()
        told: dict[str, Any] = msgspec.json.decode(row[0]) if row else {}
        return {"height": 0, "hash": "", "chain": ""} | told

    def write(self, changed: dict[str, Any], tip: dict[str, Any]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        rows = [(key, machine.canonical(value)) for key, value in changed.items()]
        self._db.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", rows)
        told = machine.canonical(tip)
        self._db.execute("INSERT OR REPLACE INTO tip VALUES (1, ?)", [told])
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


class Application:
    """Answers the engine, request by request."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.tip = disk.tip()
        self._block: machine.Overlay | None = None
        self._next: dict[str, Any] = {}

    def answer(self, request: Any) -> Any:
        """The response to one request; a fault of ours stops the engine rather than fork it."""
        name = request.WhichOneof("value")
        response = Response()
        if name is None:
            response.exception.error = "unknown request"
            return response
        getattr(response, name).SetInParent()
        run = getattr(self, f"_{name}", None)
        if run is not None:
            run(getattr(request, name), getattr(response, name))
        return response

    def _echo(self, asked: Any, told: Any) -> None:
        told.message = asked.message

    def _info(self, asked: Any, told: Any) -> None:
        told.data, told.version, told.app_version = "pengcheng ledger", "1", APP_VERSION
        told.last_block_height = self.tip["height"]
        told.last_block_app_hash = bytes.fromhex(self.tip["hash"])

    def _init_chain(self, asked: Any, told: Any) -> None:
        """The genesis names who may make units."""
        genesis = msgspec.json.decode(asked.app_state_bytes or b"{}")
        block = machine.Overlay(self.disk)
        block.put("issuer", str(genesis.get("issuer", "")))
        self._next = {"height": 0, "chain": asked.chain_id, "hash": self._hash(block)}
        self.disk.write(block.changed, self._next)
        self.tip = self._next
        told.app_hash = bytes.fromhex(self.tip["hash"])

    def _check_tx(self, asked: Any, told: Any) -> None:
        """Whether it may wait for a block: signed, and not from the past."""
        try:
            tx = read(asked.tx, self.tip["chain"])
        except Refused as no:
            told.code, told.log = BAD, str(no)
            return
        if tx.nonce <= (self.disk.get(f"nonce/{tx.sender}") or 0):
            told.code, told.log = STALE, "this number was used"

    def _prepare_proposal(self, asked: Any, told: Any) -> None:
        size = 0
        for raw in asked.txs:
            size += len(raw) + 8
            if self._fits(raw) and size <= asked.max_tx_bytes:
                told.txs.append(raw)

    def _process_proposal(self, asked: Any, told: Any) -> None:
        """A proposer that puts in what nobody signed is voted down."""
        told.status = ACCEPT if all(self._fits(raw) for raw in asked.txs) else REJECT

    def _fits(self, raw: bytes) -> bool:
        try:
            read(raw, self.tip["chain"])
        except Refused:
            return False
        return True

    def _finalize_block(self, asked: Any, told: Any) -> None:
        block = machine.Overlay(self.disk)
        for raw in asked.txs:
            self._run(block, raw, asked.time.seconds, told.tx_results.add())
        self._block = block
        self._next = {
            "height": asked.height, "chain": self.tip["chain"], "hash": self._hash(block),
        }  # fmt: skip
        told.app_hash = bytes.fromhex(self._next["hash"])

    def _run(self, block: machine.Overlay, raw: bytes, now: int, result: Any) -> None:
        try:
            tx = read(raw, self.tip["chain"])
            place = f"nonce/{tx.sender}"
            if tx.nonce != (block.get(place) or 0) + 1:
                raise Refused("nonce", "not the next number")
            block.put(place, tx.nonce)
            receipt = machine.apply(block, tx.step, tx.sender, now)
        except Refused as no:
            # Only the code and our own words: all nodes must tell the same.
            result.code, result.log, result.codespace = BAD, no.code, "ledger"
            return
        result.data, result.gas_used = receipt.place.encode(), receipt.gas

    def _commit(self, asked: Any, told: Any) -> None:
        if self._block is not None:
            self.disk.write(self._block.changed, self._next)
            self.tip, self._block = self._next, None

    def _hash(self, block: machine.Overlay) -> str:
        merged = dict(self.disk.items()) | block.changed
        return machine.digest_of(iter(sorted(merged.items()))).hex()

    def _query(self, asked: Any, told: Any) -> None:
        """A value by its key, as JSON."""
        key = asked.data.decode("utf-8", "replace") or asked.path.strip("/")
        value = self.disk.get(key)
        told.key, told.height = key.encode(), self.tip["height"]
        told.code = 0 if value is not None else BAD
        told.value = machine.canonical(value) if value is not None else b""

    def _offer_snapshot(self, asked: Any, told: Any) -> None:
        told.status = REFUSED_SNAPSHOT

    def _apply_snapshot_chunk(self, asked: Any, told: Any) -> None:
        told.status = REFUSED_SNAPSHOT

    def _verify_vote_extension(self, asked: Any, told: Any) -> None:
        told.status = ACCEPT
