"""Four organisations with CometBFT between them: one is killed and comes back, one lies."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pengcheng.domains.ledger.ops.node.application import Disk, signed
from tests.support.servers import free_port
from tests.support.waiting import until

MINT = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
CALM = {"addr_book_strict": "false", "allow_duplicate_ip": "true", "timeout_commit": '"200ms"'}


class Member:
    """An organisation: its engine and its machine, each a process."""

    def __init__(self, home: Path) -> None:
        self.home, self.rpc, self.p2p, self.abci = home, *(free_port() for _ in range(3))
        self.running: list[subprocess.Popen[bytes]] = []

    def configure(self, peers: str) -> None:
        path = self.home / "config" / "config.toml"
        text = path.read_text()
        rpc, p2p = f"tcp://127.0.0.1:{self.rpc}", f"tcp://127.0.0.1:{self.p2p}"
        text = text.replace('"tcp://127.0.0.1:26657"', f'"{rpc}"')
        text = text.replace('"tcp://0.0.0.0:26657"', f'"{rpc}"')
        text = text.replace('"tcp://0.0.0.0:26656"', f'"{p2p}"')
        told = {"proxy_app": f'"tcp://127.0.0.1:{self.abci}"', "persistent_peers": f'"{peers}"'}
        for name, value in (told | CALM).items():
            text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        path.write_text(text)

    def start(self) -> None:
        door = f"tcp://127.0.0.1:{self.abci}"
        own = [sys.executable, "-m", "pengcheng.shell.cli", "ledger", "node", "--address", door]
        engine = [str(shutil.which("cometbft")), "node", "--home", str(self.home)]
        for order in ([*own, "--folder", str(self.home / "state")], engine):
            silent = subprocess.DEVNULL
            self.running.append(subprocess.Popen(order, stdout=silent, stderr=silent))

    def stop(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()
        self.running.clear()

    def ask(self, path: str) -> dict[str, object]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rpc}/{path}", timeout=10) as told:
                return dict(json.load(told)["result"])
        except OSError:
            return {}

    def height(self) -> int:
        return int(self.ask("status").get("sync_info", {}).get("latest_block_height", 0))  # type: ignore[attr-defined]


def rehearse(folder: Path) -> None:
    order = [str(shutil.which("cometbft")), "testnet", "--v", "4", "--o", str(folder)]
    subprocess.run(order, check=True, capture_output=True)
    members = [Member(folder / f"node{n}") for n in range(4)]
    chain = _genesis(members)
    peers = ",".join(f"{_id(one)}@127.0.0.1:{one.p2p}" for one in members)
    with ExitStack() as ends:
        for one in members:
            one.configure(peers)
            ends.callback(one.stop)
            one.start()
        until(lambda: min(one.height() for one in members) > 2, "four make blocks")
        raw = signed({"do": "issue", "to": "ann", "amount": 5}, 1, MINT, chain)
        members[0].ask(f"broadcast_tx_sync?tx=0x{raw.hex()}")
        members[3].stop()  # killed: three of four go on
        reached = members[0].height()
        until(lambda: members[0].height() > reached + 3, "three make blocks")
        members[3].start()  # and it catches up
        until(lambda: members[3].height() > reached + 3, "the fourth caught up")
        members[2].stop()  # lies: its own state says otherwise, and its engine stands still
        disk = Disk(members[2].home / "state" / "node.sqlite3")
        disk.write({"account/ann": 5_000}, disk.tip())
        disk.close()
        members[2].start()
        reached = members[0].height()
        until(lambda: members[0].height() > reached + 3, "the honest go on")
        for one in (members[0], members[1], members[3]):
            told = one.ask('abci_query?data="account/ann"')
            assert told["response"]["value"] == "NQ=="  # type: ignore[index]


def _genesis(members: list[Member]) -> str:
    from tests.ledger.test_node import name_of

    told = json.loads((members[0].home / "config" / "genesis.json").read_text())
    told["app_state"] = {"issuer": name_of(MINT)}
    for one in members:
        (one.home / "config" / "genesis.json").write_bytes(msgspec.json.encode(told))
    return str(told["chain_id"])


def _id(member: Member) -> str:
    order = [str(shutil.which("cometbft")), "show-node-id", "--home", str(member.home)]
    return subprocess.run(order, check=True, capture_output=True, text=True).stdout.strip()
