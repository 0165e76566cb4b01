"""Contracts: bounded, whole numbers only, the same on every machine; no unit comes or goes."""

from __future__ import annotations

import hashlib
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.ledger.rules import language, machine, programs, templates
from pengcheng.domains.ledger.rules.language import Refused
from pengcheng.domains.ledger.rules.machine import Memory, apply, balance

pytestmark = pytest.mark.one_database
NOW = 1_800_000_000
DIGEST = hashlib.sha256(b"deed").hexdigest()


def funded(**amounts):
    store = Memory({"issuer": "mint"})
    for who, amount in amounts.items():
        apply(store, {"do": "issue", "to": who, "amount": amount}, "mint", NOW)
    return store


def deployed(store, template, **params):
    step = {"do": "deploy", "program": templates.TEMPLATES[template], "params": params}
    return apply(store, step, "maker", NOW).place


def called(store, contract, name, sender, now=NOW, **args):
    step = {"do": "call", "contract": contract, "call": name, "args": args}
    return apply(store, step, sender, now)


def refused(store, *arguments, **more):
    before = store.digest()
    with pytest.raises(Refused) as told:
        called(store, *arguments, **more)
    assert store.digest() == before
    return told.value.code


def test_a_notary_records_once_and_remembers_when():
    store = funded()
    notary = deployed(store, "notary", keeper="office")
    called(store, notary, "record", "ann", digest=DIGEST)
    assert store.get(f"contract/{notary}")["state"] == {"count": 1, "when": {DIGEST: NOW}}
    assert refused(store, notary, "record", "bob", NOW + 9, digest=DIGEST) == "need"
    assert refused(store, notary, "record", "bob", digest="DEED") == "args"
    assert refused(store, notary, "erase", "office") == "call"


@pytest.fixture
def escrow():
    store = funded(ann=100, bob=5)
    terms = {"buyer": "ann", "seller": "bob", "judge": "court", "amount": 60, "until": NOW + 100}
    return store, deployed(store, "escrow", **terms)


@pytest.mark.parametrize(
    ("name", "sender", "later", "left"),
    [
        ("release", "ann", 0, (40, 65)),
        ("release", "court", 0, (40, 65)),
        ("refund", "bob", 0, (100, 5)),
        ("expire", "anybody", 100, (100, 5)),
    ],
)
def test_an_escrow_goes_to_one_of_the_two(escrow, name, sender, later, left):
    store, contract = escrow
    called(store, contract, "fund", "ann")
    assert (balance(store, "ann"), store.get(f"contract/{contract}")["held"]) == (40, 60)
    called(store, contract, name, sender, NOW + later)
    assert (balance(store, "ann"), balance(store, "bob")) == left
    assert refused(store, contract, "refund", "court") == "need"
    assert machine.total(store.items()) == 105


@pytest.mark.parametrize(
    ("name", "sender", "code"),
    [("fund", "bob", "sender"), ("release", "ann", "need"), ("expire", "x", "need")],
)
def test_an_escrow_refuses_who_and_what_is_out_of_turn(escrow, name, sender, code):
    assert refused(*escrow, name, sender) == code


def test_an_escrow_needs_the_money(escrow):
    store, contract = escrow
    apply(store, {"do": "transfer", "to": "bob", "amount": 99}, "ann", NOW)
    assert refused(store, contract, "fund", "ann") == "funds"


def test_a_quota_bounds_the_whole_and_each():
    store = funded()
    quota = deployed(store, "quota", keeper="water", limit=10, each=6)
    called(store, quota, "draw", "a", amount=6)
    assert refused(store, quota, "draw", "a", amount=1) == "need"
    assert refused(store, quota, "draw", "b", amount=5) == "need"
    assert refused(store, quota, "draw", "b", amount=-5) == "need"
    called(store, quota, "draw", "b", amount=4)
    assert refused(store, quota, "raise", "b", more=9) == "sender"
    called(store, quota, "raise", "water", more=2)
    called(store, quota, "draw", "b", amount=2)


def wrong(**calls):
    return {"name": "w", "state": {"n": 1}, "calls": calls}


@pytest.mark.parametrize(
    "program",
    [
        7, {}, {"name": "w", "loop": []}, {"name": "w", "state": {"n": 1.5}},
        {"name": "w", "state": {"n": ["while", True, 1]}},
        {"name": "w", "state": {"n": ["state", "n"]}},
        {"name": "w", "state": {"n": ["+"] + [1] * 9}},
        {"name": "w", "state": {"n": 2**70}},
        {"name": "w", "state": {"n": "x" * 5000}},
        wrong(c={"set": {"m": 1}}), wrong(c={"need": [["arg", "x"]]}),
        wrong(c={"args": {"a": "any"}}),
        wrong(c={"put": [["n", "k", 1]]}), wrong(c={"pay": [["a"]]}), wrong(c={"set": {"n": []}}),
        {"name": "w", "state": {"n": reduce(lambda told, _: ["not", told], range(99), True)}},
    ],
)  # fmt: skip
def test_what_is_no_program_is_not_deployed(program):
    store = funded()
    with pytest.raises(Refused):
        apply(store, {"do": "deploy", "program": program, "params": {}}, "x", NOW)
    assert store.get("count") is None


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (["*", 2**62, 4], "overflow"), (["div", 1, 0], "division"), (["mod", -1, 2], "division"),
        (["+", 1, True], "type"), (["not", 1], "type"), (["if", 1, 2, 3], "type"),
        (["sha256", "xyz"], "type"), (["at", 3, "a", 0], "type"),
    ],
)  # fmt: skip
def test_arithmetic_has_no_surprises(told, code):
    scope = language.Scope({}, {}, {}, "s", NOW, 0)
    with pytest.raises(Refused) as found:
        language.evaluate(told, scope)
    assert found.value.code == code


def test_gas_ends_whatever_is_too_long():
    wide = ["+"] + [["+", *range(8)]] * 8
    for _ in range(3):
        wide = ["+"] + [wide] * 8
    with pytest.raises(Refused) as found:
        language.evaluate(wide, language.Scope({}, {}, {}, "s", NOW, 0))
    assert found.value.code == "gas"


expressions = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.text(max_size=5), st.floats(), st.none()),
    lambda some: st.lists(some, max_size=4) | st.tuples(
        st.sampled_from([*language.ARITY, "param", "state", "arg", "eval"]), some, some
    ).map(list),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(told=expressions)
def test_any_text_runs_or_is_refused_and_twice_alike(told):
    program = {"name": "x", "state": {"n": 0}, "calls": {"c": {"set": {"n": told}}}}
    found = []
    for _ in range(2):
        store = funded()
        try:
            id = apply(store, {"do": "deploy", "program": program, "params": {}}, "x", NOW).place
            called(store, id, "c", "y")
        except Refused as no:
            found.append(no.code)
        found.append(store.digest())
    assert found[: len(found) // 2] == found[len(found) // 2 :]


steps = st.lists(
    st.tuples(
        st.sampled_from(["issue", "transfer", "lock", "claim", "refund", "nothing"]),
        st.sampled_from(["mint", "ann", "bob", ""]),
        st.sampled_from(["ann", "bob", 7, None]),
        st.one_of(st.integers(-5, 60), st.just(2**63), st.just(1.5), st.just("3")),
        st.integers(0, 30),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_no_unit_is_made_or_lost_and_a_replay_comes_to_the_same(told):
    """Every machine that is fed these steps ends with the same bytes; units are only issued."""
    secret = b"s" * 32
    digest = hashlib.sha256(secret).hexdigest()
    machines = [funded(ann=50, bob=50), funded(ann=50, bob=50)]
    for at, (do, sender, to, amount, after) in enumerate(told):
        step = {"do": do, "to": to, "amount": amount, "hash": digest, "until": NOW + 15}
        for store in machines:
            locks = [key[5:] for key, _ in store.items() if key.startswith("lock/")]
            more = {"lock": locks[at % len(locks)] if locks else "x", "preimage": secret.hex()}
            try:
                apply(store, step | more, sender, NOW + after)
            except Refused:
                continue
    one, other = machines
    assert one.digest() == other.digest()
    assert machine.total(one.items()) == one.get("issued")
    assert all(value >= 0 for key, value in one.items() if key.startswith("account/"))


def test_templates_are_programs():
    assert {programs.read(one).name for one in templates.TEMPLATES.values()} == {
        "notary", "escrow", "quota",
    }  # fmt: skip
