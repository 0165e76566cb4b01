"""A node among several: four of them are fed the same blocks and come to the same hash."""

from __future__ import annotations

import asyncio
import hashlib
import shutil

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.internal.decoder import _DecodeVarint32
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.ledger.ops.node import messages, server
from pengcheng.domains.ledger.ops.node.application import ACCEPT, REJECT, Application, Disk, signed
from pengcheng.domains.ledger.ops.node.messages import Request, Response

pytestmark = pytest.mark.one_database
CHAIN, NOW = "bay-area-1", 1_800_000_000
MINT, ANN = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))


def name_of(key):
    import base64

    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    return hashlib.sha256(public.encode()).hexdigest()[:40]


def asked(**values):
    ((name, told),) = values.items()
    request = Request()
    getattr(request, name).SetInParent()
    for field, value in told.items():
        part = getattr(request, name)
        if isinstance(value, list):
            getattr(part, field).extend(value)
        elif field == "time":
            part.time.seconds = value
        else:
            setattr(part, field, value)
    return request


class Node:
    """An application with its disk; the engine's part is played by the test."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.open()

    def open(self):
        self.app = Application(Disk(self.folder / "node.sqlite3"))

    def crash(self):
        """What was not committed is forgotten; the engine shows the block again."""
        self.app.disk.close()
        self.open()

    def ask(self, name, **told):
        response = self.app.answer(asked(**{name: told}))
        assert response.WhichOneof("value") == name
        return getattr(response, name)

    def begin(self):
        genesis = msgspec.json.encode({"issuer": name_of(MINT)})
        return self.ask("init_chain", chain_id=CHAIN, app_state_bytes=genesis).app_hash

    def block(self, height, txs, commit=True):
        told = self.ask("finalize_block", txs=txs, height=height, time=NOW + height)
        if commit:
            self.ask("commit")
        return told


@pytest.fixture
def nodes(tmp_path):
    found = [Node(tmp_path / f"n{n}") for n in range(4)]
    assert len({node.begin() for node in found}) == 1
    return found


def tx(step, nonce, key=MINT, chain=CHAIN):
    return signed(step, nonce, key, chain)


ISSUE = {"do": "issue", "to": name_of(ANN), "amount": 10}
GIVE = {"do": "transfer", "to": name_of(MINT), "amount": 4}


def test_four_nodes_come_to_the_same_hash_and_one_that_crashed_catches_up(nodes):
    blocks = [[tx(ISSUE, 1)], [], [tx(GIVE, 1, ANN), tx(GIVE, 2, ANN), tx(GIVE, 3, ANN)]]
    for height, txs in enumerate(blocks, 1):
        told = [node.block(height, txs, commit=n != 3) for n, node in enumerate(nodes)]
        assert len({one.app_hash for one in told}) == 1
        nodes[3].crash()
        info = nodes[3].ask("info", version="0.38")
        assert info.last_block_height == height - 1
        nodes[3].block(height, txs)
        assert nodes[3].ask("info").last_block_app_hash == told[0].app_hash
    assert [one.code for one in told[0].tx_results] == [0, 0, 1]
    assert told[0].tx_results[2].log == "funds"
    assert nodes[0].ask("query", data=f"account/{name_of(ANN)}".encode()).value == b"2"


def test_a_lying_proposer_is_voted_down_and_a_lying_node_stands_alone(nodes):
    forged = tx(ISSUE, 1).replace(b'"amount":10', b'"amount":99')
    for wrong in (forged, b"{}", b"\xff", tx(ISSUE, 1, chain="other-1"), tx(ISSUE, 1) + b" "):
        answers = [node.ask("process_proposal", txs=[wrong], height=1) for node in nodes]
        assert {one.status for one in answers} == {REJECT}
        assert nodes[0].ask("check_tx", tx=wrong).code == 1
        kept = nodes[0].ask("prepare_proposal", txs=[wrong, tx(ISSUE, 1)], max_tx_bytes=10**6).txs
        assert list(kept) == [tx(ISSUE, 1)]
    assert nodes[1].ask("process_proposal", txs=[tx(ISSUE, 1)]).status == ACCEPT
    nodes[3].app.disk.write({f"account/{name_of(ANN)}": 1000}, nodes[3].app.tip)
    hashes = [node.block(1, [tx(ISSUE, 1)]).app_hash for node in nodes]
    assert len(set(hashes[:3])) == 1
    assert hashes[3] not in hashes[:3]


def test_nothing_counts_twice(nodes):
    node = nodes[0]
    node.block(1, [tx(ISSUE, 1)])
    assert node.ask("check_tx", tx=tx(ISSUE, 1)).code == 2
    again = node.block(2, [tx(ISSUE, 1), tx(ISSUE, 3), tx(ISSUE, 2)]).tx_results
    assert [one.code for one in again] == [1, 1, 0]
    assert node.ask("query", path="/issued").value == b"20"


def test_what_is_not_offered_is_answered_all_the_same(nodes):
    for name in ("list_snapshots", "load_snapshot_chunk", "extend_vote", "flush"):
        nodes[0].ask(name)
    assert nodes[0].ask("offer_snapshot").status == 3
    assert nodes[0].ask("verify_vote_extension").status == ACCEPT
    assert nodes[0].app.answer(Request()).WhichOneof("value") == "exception"
    assert nodes[0].ask("query", data=b"nothing").code == 1


# What an engine sends first on each connection, written down byte by byte: Echo and Flush, then
# Info with version 0.38.25, block version 11, p2p version 8 and ABCI version 2.1.0.
GREETING = bytes.fromhex(
    "09" "0a07" "0a0568656c6c6f" "02" "1200" "16" "1a14" "0a07302e33382e3235"
    "100b" "1808" "2205322e312e30"
)  # fmt: skip
ANSWERS = ("echo", "flush", "info")


def test_the_handshake_over_a_socket(tmp_path):
    async def run():
        ready, address = asyncio.Event(), f"unix://{tmp_path}/abci.sock"
        task = asyncio.create_task(server.serve(address, tmp_path / "node", ready))
        await asyncio.wait_for(ready.wait(), 60)
        reader, writer = await asyncio.open_unix_connection(f"{tmp_path}/abci.sock")
        writer.write(GREETING + messages.framed(asked(flush={})))
        data = b""
        while data.count(messages.framed(Response(flush={}))) < 2:
            data += await asyncio.wait_for(reader.read(4096), 60)
        lost_reader, lost = await asyncio.open_unix_connection(f"{tmp_path}/abci.sock")
        lost.write(b"\xff" * 9)
        assert await asyncio.wait_for(lost_reader.read(), 60) == b""
        writer.close()
        lost.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return data

    data, at, found = asyncio.run(run()), 0, []
    while at < len(data):
        length, at = _DecodeVarint32(data, at)
        found.append(Response.FromString(data[at : at + length]))
        at += length
    assert tuple(one.WhichOneof("value") for one in found[:3]) == ANSWERS
    assert found[0].echo.message == "hello"
    assert found[2].info.data == "pengcheng ledger"


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=80))
def test_any_transaction_is_judged_and_never_breaks_the_node(tmp_path_factory, raw):
    node = Node(tmp_path_factory.mktemp("any"))
    node.begin()
    assert node.ask("check_tx", tx=raw).code == 1
    assert node.block(1, [raw]).tx_results[0].code == 1
    node.app.disk.close()


@pytest.mark.skipif(shutil.which("cometbft") is None, reason="no cometbft on this machine")
@pytest.mark.crash
def test_four_engines_agree_while_one_is_killed_and_one_lies(tmp_path):
    from tests.ledger.fournodes import rehearse

    rehearse(tmp_path)
