"""The state machine behind the contracts: the same for one signer and for several organisations.

Accounts hold whole units of a test value; contracts and locks hold units of their own. A step is
applied whole or refused; units are only made by `issue`. Time is the block's, in seconds. Nothing
here knows a database: a store gives and takes values by key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from pengcheng.domains.ledger.rules import language, programs
from pengcheng.domains.ledger.rules.language import LIMIT, Refused, Scope

Step = dict[str, Any]


class Store(Protocol):
    def get(self, key: str) -> Any: ...

    def put(self, key: str, value: Any) -> None: ...


class Overlay:
    """Changes of one step, kept back until it is known to be whole."""

    def __init__(self, below: Store) -> None:
        self.below = below
        self.changed: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self.changed[key] if key in self.changed else self.below.get(key)

    def put(self, key: str, value: Any) -> None:
        self.changed[key] = value

    def commit(self) -> None:
        for key, value in self.changed.items():
            self.below.put(key, value)


class Memory:
    """A store in memory, with the hash of everything in it."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = dict(values or {})

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    def items(self) -> Iterator[tuple[str, Any]]:
        return iter(sorted(self.values.items()))

    def digest(self) -> bytes:
        return digest_of(self.items())


def digest_of(items: Iterator[tuple[str, Any]]) -> bytes:
    """Over every key and value in order; canonical, for all machines must agree."""
    found = hashlib.sha256()
    for key, value in items:
        line = canonical([key, value])
        found.update(len(line).to_bytes(4, "big") + line)
    return found.digest()


def canonical(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")


class Receipt(msgspec.Struct, frozen=True):
    """What a step did: where (contract or lock), and the gas it took."""

    place: str
    gas: int


def apply(store: Store, step: Step, sender: str, now: int) -> Receipt:
    """Run one step for its sender. Raises Refused, and then nothing has changed."""
    overlay = Overlay(store)
    run = _STEPS.get(str(step.get("do"))) if isinstance(step, dict) else None
    if run is None or not sender:
        raise Refused("step", "there is no such step")
    try:
        receipt = run(overlay, step, sender, now)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Refused("step", f"{type(error).__name__}") from error
    overlay.commit()
    return receipt


def balance(store: Store, who: str) -> int:
    return int(store.get(f"account/{who}") or 0)


def _amount(value: Any) -> int:
    found = language.number(value)
    if not 0 < found <= LIMIT:
        raise Refused("amount", "a whole number from 1 is needed")
    return found


def _give(store: Store, who: str, amount: int) -> None:
    store.put(f"account/{who}", int(language.checked(balance(store, who) + amount)))


def _take(store: Store, who: str, amount: int) -> None:
    if balance(store, who) < amount:
        raise Refused("funds", "there is not enough")
    store.put(f"account/{who}", balance(store, who) - amount)


def _name(value: Any) -> str:
    found = language.text(value)
    if not 0 < len(found) <= 120:
        raise Refused("name", "who is meant is not said")
    return found


def _issue(store: Store, step: Step, sender: str, now: int) -> Receipt:
    if sender != store.get("issuer"):
        raise Refused("sender", "only the issuer makes units")
    _give(store, _name(step["to"]), _amount(step["amount"]))
    total = language.checked(int(store.get("issued") or 0) + step["amount"])
    store.put("issued", total)
    return Receipt("", 1)


def _transfer(store: Store, step: Step, sender: str, now: int) -> Receipt:
    amount = _amount(step["amount"])
    _take(store, sender, amount)
    _give(store, _name(step["to"]), amount)
    return Receipt("", 1)


def _fresh(store: Store, kind: str, step: Step, sender: str) -> str:
    """A name that follows from what was done and how often, and so is the same everywhere."""
    count = int(store.get("count") or 0) + 1
    store.put("count", count)
    told = hashlib.sha256(canonical([kind, step, sender, count])).hexdigest()[:16]
    return f"{kind}-{count}-{told}"


def _deploy(store: Store, step: Step, sender: str, now: int) -> Receipt:
    program = programs.read(step["program"])
    params = step["params"]
    state = programs.begin(program, params, sender, now)
    id = _fresh(store, "contract", step, sender)
    made = {"program": step["program"], "params": params, "state": state, "held": 0, "by": sender}
    store.put(f"contract/{id}", made)
    return Receipt(id, 10)


def _call(store: Store, step: Step, sender: str, now: int) -> Receipt:
    id = _name(step["contract"])
    found = store.get(f"contract/{id}")
    if found is None:
        raise Refused("contract", "there is no such contract")
    program, held = programs.read(found["program"]), int(found["held"])
    scope = Scope(dict(found["state"]), found["params"], step["args"], sender, now, held)
    outcome = programs.run(program, step["call"], scope)
    if outcome.take:
        _take(store, sender, outcome.take)
    held += outcome.take - sum(much for _, much in outcome.pay)
    if held < 0:
        raise Refused("funds", "the contract does not hold so much")
    for whom, much in outcome.pay:
        _give(store, _name(whom), much)
    store.put(f"contract/{id}", {**found, "state": outcome.state, "held": held})
    return Receipt(id, outcome.gas)


def _lock(store: Store, step: Step, sender: str, now: int) -> Receipt:
    amount, until = _amount(step["amount"]), language.number(step["until"])
    programs.fits({"hash": "hash"}, {"hash": step["hash"]})
    if until <= now:
        raise Refused("time", "the end lies in the past")
    _take(store, sender, amount)
    id = _fresh(store, "lock", step, sender)
    told = {"by": sender, "to": _name(step["to"]), "amount": amount, "until": until}
    store.put(f"lock/{id}", told | {"hash": step["hash"], "stage": "open", "preimage": ""})
    return Receipt(id, 2)


def _open_lock(store: Store, step: Step) -> tuple[str, dict[str, Any]]:
    id = _name(step["lock"])
    found = store.get(f"lock/{id}")
    if found is None or found["stage"] != "open":
        raise Refused("lock", "there is no such lock, or it is over")
    return id, found


def _claim(store: Store, step: Step, sender: str, now: int) -> Receipt:
    """Whoever shows the preimage before the end gets the units to the one they are meant for."""
    id, found = _open_lock(store, step)
    raw = bytes.fromhex(language.text(step["preimage"]))
    if now >= found["until"]:
        raise Refused("time", "the time is over")
    if len(raw) != 32 or hashlib.sha256(raw).hexdigest() != found["hash"]:
        raise Refused("preimage", "this is not what was hashed")
    _give(store, found["to"], found["amount"])
    store.put(f"lock/{id}", {**found, "stage": "claimed", "preimage": step["preimage"]})
    return Receipt(id, 2)


def _refund(store: Store, step: Step, sender: str, now: int) -> Receipt:
    """After the end they go back, whoever asks."""
    id, found = _open_lock(store, step)
    if now < found["until"]:
        raise Refused("time", "the time is not over yet")
    _give(store, found["by"], found["amount"])
    store.put(f"lock/{id}", {**found, "stage": "refunded"})
    return Receipt(id, 2)


_STEPS: dict[str, Callable[[Store, Step, str, int], Receipt]] = {
    "issue": _issue,
    "transfer": _transfer,
    "deploy": _deploy,
    "call": _call,
    "lock": _lock,
    "claim": _claim,
    "refund": _refund,
}


def total(items: Iterator[tuple[str, Any]]) -> int:
    """All units there are: of accounts, contracts and open locks. Always what was issued."""
    found = 0
    for key, value in items:
        if key.startswith("account/"):
            found += value
        elif key.startswith("contract/"):
            found += value["held"]
        elif key.startswith("lock/") and value["stage"] == "open":
            found += value["amount"]
    return found
