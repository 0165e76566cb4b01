"""An exchange between two ledgers: both move or neither, whoever falls asleep and whenever."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.ledger.rules import machine
from pengcheng.domains.ledger.rules.exchange import Deal, next_action
from pengcheng.domains.ledger.rules.language import Refused
from pengcheng.domains.ledger.rules.machine import Memory, apply, balance

pytestmark = pytest.mark.one_database
SECRET = b"the kite is over the harbour now"
START, MARGIN = 1_800_000_000, 100
DEAL = Deal(
    hash=hashlib.sha256(SECRET).hexdigest(),
    first="ann",
    second="bob",
    gives=30,
    takes=20,
    ends=START + 4 * MARGIN,
    margin=MARGIN,
)


class Two:
    """Ann's city and Bob's, and every step that was taken, so that it can be taken again."""

    def __init__(self):
        self.ledgers = {"first": Memory({"issuer": "m"}), "second": Memory({"issuer": "m"})}
        self.journal = []
        self.take("first", {"do": "issue", "to": "ann", "amount": 30}, "m", START)
        self.take("second", {"do": "issue", "to": "bob", "amount": 20}, "m", START)

    def take(self, where, step, sender, now):
        apply(self.ledgers[where], step, sender, now)
        self.journal.append((where, step, sender, now))

    def lock(self, where, by):
        """What anybody sees on the ledger: there is one lock of this deal, or none."""
        for key, value in self.ledgers[where].items():
            if key.startswith("lock/") and value["by"] == by:
                return value | {"id": key[5:]}
        return None

    def locks(self):
        return self.lock("first", "ann"), self.lock("second", "bob")

    def wake(self, side, now, secret=b""):
        """Nothing is remembered from before: as after a crash."""
        action = next_action(DEAL, side, self.locks(), now, secret)
        if action is None:
            return False
        where, step = action
        other = "second" if side == "first" else "first"
        who = DEAL.first if side == "first" else DEAL.second
        self.take(side if where == "own" else other, step, who, now)
        return True

    def holdings(self):
        first, second = self.ledgers["first"], self.ledgers["second"]
        return tuple(balance(one, who) for one in (first, second) for who in ("ann", "bob"))

    def replayed(self):
        again = Two.__new__(Two)
        again.ledgers = {"first": Memory({"issuer": "m"}), "second": Memory({"issuer": "m"})}
        again.journal = []
        for where, step, sender, now in self.journal:
            again.take(where, step, sender, now)
        return again

    def whole(self):
        for ledger in self.ledgers.values():
            assert machine.total(ledger.items()) == ledger.get("issued")


BEFORE, SWAPPED = (30, 0, 0, 20), (0, 30, 20, 0)


def test_when_both_are_awake_the_units_change_hands():
    two = Two()
    assert two.wake("first", START, SECRET)
    assert two.wake("second", START + 1)
    assert two.wake("first", START + 2, SECRET)
    assert two.wake("second", START + 3)
    assert two.holdings() == SWAPPED
    assert not two.wake("first", START + 999, SECRET)
    assert not two.wake("second", START + 999)


def test_when_the_second_never_comes_the_first_gets_their_own_back():
    two = Two()
    two.wake("first", START, SECRET)
    assert not two.wake("first", DEAL.ends - 1, SECRET)
    assert two.wake("first", DEAL.ends, SECRET)
    assert two.holdings() == BEFORE


def test_the_second_does_not_lock_against_a_lock_that_ends_too_soon():
    two = Two()
    step = {"do": "lock", "to": "bob", "amount": 30, "hash": DEAL.hash, "until": DEAL.ends - 1}
    two.take("first", step, "ann", START)
    assert not two.wake("second", START + 1)


def test_a_wrong_secret_opens_nothing():
    two = Two()
    two.wake("first", START, SECRET)
    two.wake("second", START + 1)
    assert not two.wake("first", START + 2, b"another")
    lock = two.lock("second", "bob")["id"]
    for preimage in ("", "zz", b"another".hex(), SECRET.hex() + "00"):
        with pytest.raises(Refused):
            two.take("second", {"do": "claim", "lock": lock, "preimage": preimage}, "ann", START)


wakings = st.lists(st.tuples(st.sampled_from(["first", "second"]), st.integers(0, 90)), max_size=25)


@settings(max_examples=25, deadline=None)
@given(wakings, st.booleans())
def test_both_or_neither_whoever_wakes_when(told, crash):
    """Who has shown the secret is followed within a margin; in the end both have woken."""
    two, now = Two(), START
    for side, later in [*told, *[("second", 40), ("first", 40)] * 8]:
        now += later
        two.wake(side, now, SECRET)
        two.whole()
        if crash:
            two = two.replayed()
        if (two.lock("second", "bob") or {}).get("stage") == "claimed":
            now += MARGIN - 1
            two.wake("second", now)
    two.whole()
    assert two.holdings() in {BEFORE, SWAPPED}
    assert two.replayed().holdings() == two.holdings()
