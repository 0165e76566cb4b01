"""The door of contracts: small programs that several parties agree on, run step by step."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.ledger.contracts import (
    ContractView,
    LockView,
    PayloadView,
    StepView,
    TemplateView,
)
from pengcheng.domains.ledger.ops import contracting, privacy
from pengcheng.kernel.context import Context


def templates(*, context: Context) -> tuple[TemplateView, ...]:
    """Contracts to begin with, and what they ask for."""
    return contracting.template_list(context)


def deploy(*, context: Context, template: str, params: dict[str, Any]) -> ContractView:
    """Put a contract in force. Raises NotFound, Conflict."""
    return contracting.deploy(context, template, params)


def call(*, context: Context, contract: str, name: str, args: dict[str, Any]) -> ContractView:
    """Call it in the asker's name. Raises NotFound, Conflict when it is refused."""
    contracting.contract(context, contract)
    contracting.run(context, {"do": "call", "contract": contract, "call": name, "args": args})
    return contracting.contract(context, contract)


def contract(*, context: Context, id: str) -> ContractView:
    """As it stands. Raises NotFound."""
    return contracting.contract(context, id)


def contracts(*, context: Context) -> tuple[ContractView, ...]:
    """All, the newest first."""
    return contracting.listed(context)


def history(*, context: Context, place: str = "") -> tuple[StepView, ...]:
    """The steps of a contract or lock, the newest first."""
    return contracting.history(context, place)


def party(*, context: Context) -> str:
    """The name in which the asker acts."""
    return contracting.party(context)


def balance(*, context: Context, who: str) -> int:
    """Test units of a party."""
    return contracting.balance(context, who)


def issue(*, context: Context, to: str, amount: int) -> None:
    """Make test units. Raises Conflict."""
    contracting.issue(context, to, amount)


def transfer(*, context: Context, to: str, amount: int) -> None:
    """Give units to another. Raises Conflict."""
    contracting.run(context, {"do": "transfer", "to": to, "amount": amount})


def lock(*, context: Context, to: str, amount: int, hash: str, until: int) -> str:
    """Lock units behind a hash until a second (POSIX); answers the lock. Raises Conflict."""
    step = {"do": "lock", "to": to, "amount": amount, "hash": hash, "until": until}
    return contracting.run(context, step).place


def claim(*, context: Context, lock: str, preimage: str) -> None:
    """Open a lock with what was hashed (32 bytes, hexadecimal). Raises Conflict."""
    contracting.run(context, {"do": "claim", "lock": lock, "preimage": preimage})


def refund(*, context: Context, lock: str) -> None:
    """Bring the units of a lock back whose time is over. Raises Conflict."""
    contracting.run(context, {"do": "refund", "lock": lock})


def locks(*, context: Context) -> tuple[LockView, ...]:
    """All locks, the newest first."""
    return contracting.locks(context)


def sound(*, context: Context) -> bool:
    """Whether the state is what its steps give, and no unit came or went."""
    return contracting.sound(context)


def add_reader(*, context: Context, name: str, public: str) -> str:
    """Register who can be given private payloads. Raises Invalid."""
    return privacy.add_reader(context, name, public)


def readers(*, context: Context) -> tuple[str, ...]:
    """Their names."""
    return privacy.readers(context)


def seal(
    *, context: Context, payload: bytes, readers: tuple[str, ...], contract: str = ""
) -> PayloadView:
    """Seal a payload for readers; its commitment goes into the log. Raises Invalid."""
    return privacy.seal(context, payload, readers, contract)


def payloads(*, context: Context, contract: str = "") -> tuple[PayloadView, ...]:
    """The envelopes of a contract."""
    return privacy.payloads(context, contract)


def unseal(*, envelope: bytes, reader: str, key: str) -> bytes:
    """The words of an envelope, with the reader's own key; nobody is asked. Raises Invalid."""
    return privacy.unseal(envelope, reader, key)
