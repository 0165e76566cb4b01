"""A code is right for one minute, once, where it belongs; all else is refused and audited."""

from __future__ import annotations

from datetime import timedelta

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.citizencode import api, handlers, rules
from pengcheng.domains.citizencode.models import UsedCode
from pengcheng.domains.citizencode.ops.secrets import keys
from pengcheng.domains.dataaccount import api as dataaccount
from pengcheng.domains.dataaccount.contracts import LogQuery
from pengcheng.kernel import audit, clock
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from pengcheng.kit.cose import from_base45, kid_of, read, to_base45
from pengcheng.kit.credentials.jws import unchecked
from tests.citizencode.scenes import (
    ANYBODY,
    at,
    citizen,
    claims,
    coded,
    official,
    stranger,
    verdict,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def chen():
    return citizen()


@pytest.fixture
def desk():
    return official()


def shown(context, scene: str = "") -> str:
    return api.show(context=context, scene=scene).text


# --- right ------------------------------------------------------------------------------


def test_a_fresh_code_is_right_and_tells_anybody_nothing_more(chen):
    found = api.verify(context=ANYBODY, text=shown(chen))
    assert found.valid
    assert (found.name, found.card, found.pseudonym) == ("", "", "")


def test_no_person_stands_in_a_code(chen):
    text = shown(chen)
    told = read(from_base45(text.removeprefix(rules.PREFIX))).claims
    assert len(text) < 230, "a QR code of version 8 or 9"
    assert chen.actor.id.replace("-", "") not in str(told)
    assert told[rules.SUB] != read(from_base45(shown(chen).removeprefix(rules.PREFIX))).claims[2]


def test_each_place_knows_the_same_person_by_its_own_pseudonym(chen, desk):
    counter = [at(desk, shown(chen), "counter").pseudonym for _ in range(2)]
    gate = at(desk, shown(chen), "gate").pseudonym
    assert counter[0] == counter[1] != gate
    assert at(desk, shown(citizen("liu")), "counter").pseudonym != counter[0]


def test_a_place_learns_no_more_than_it_may(chen, desk):
    counter = at(desk, shown(chen), "counter")
    assert (counter.name, counter.card) == ("陈**", "")
    assert at(desk, shown(chen), "gate").name == ""


def test_one_code_serves_the_uses_that_were_joined(chen, desk):
    assert at(desk, shown(chen), "library").verdict == "not_bound"
    api.bind(context=chen, scene="library", card="tsg 0042")
    found = at(desk, shown(chen), "library")
    assert (found.verdict, found.card, found.name) == ("valid", "TSG0042", "")
    assert at(desk, shown(chen), "transit").verdict == "not_bound"
    api.unbind(context=chen, scene="library")
    assert at(desk, shown(chen), "library").verdict == "not_bound"


def test_a_code_for_one_place_is_known_there_and_worthless_elsewhere(chen, desk):
    with pytest.raises(Conflict):
        shown(chen, "transit")
    api.bind(context=chen, scene="transit", card="JTK88")
    text = shown(chen, "transit")
    assert at(desk, text, "library").verdict == "wrong_scene"
    found = at(desk, text, "transit")
    assert (found.verdict, found.card) == ("valid", "JTK88")
    told = read(from_base45(text.removeprefix(rules.PREFIX))).claims
    assert told[rules.SUB].hex() == found.pseudonym, "a gate without a network knows them too"


def test_the_person_sees_the_look_in_their_access_log(chen, desk):
    at(desk, shown(chen), "counter")
    log = dataaccount.log(context=chen, query=LogQuery(purpose="code.verification"))
    assert {look.who_zh for look in log.looks} >= {"虚构馆"}


# --- refused ----------------------------------------------------------------------------


def test_a_code_counts_once(chen, desk):
    text = shown(chen)
    assert at(desk, text, "counter").valid
    assert at(desk, text, "counter").verdict == "replayed"
    assert verdict(text) == "replayed"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(59, "valid"), (64, "valid"), (66, "expired"), (-4, "valid"), (-7, "future")],
)
def test_a_code_lives_one_minute_and_clocks_may_differ_a_little(chen, seconds, expected):
    with clock.frozen(clock.now().replace(microsecond=0)) as frozen:
        text = shown(chen)
        frozen.advance(seconds=seconds)
        assert verdict(text) == expected


def test_the_same_code_is_not_right_again_when_its_serial_is_forgotten(chen):
    with clock.frozen(clock.now()) as frozen:
        text = shown(chen)
        assert verdict(text) == "valid"
        frozen.advance(seconds=rules.LATE + 185)
        assert handlers.forget_old.call() == 1
        assert UsedCode.objects.count() == 0
        assert verdict(text) == "expired"


def test_what_somebody_else_signed_is_unknown_or_forged(chen):
    assert verdict(coded(claims(), stranger())) == "unknown_key"
    ours, text = keys().signer(), shown(chen)
    data = bytearray(from_base45(text.removeprefix(rules.PREFIX)))
    data[-1] ^= 1
    assert verdict(rules.PREFIX + to_base45(bytes(data))) == "forged"
    other = stranger()
    wire = coded(claims(), other)
    swapped = from_base45(wire.removeprefix(rules.PREFIX)).replace(
        kid_of(other.key.kid), kid_of(ours.key.kid)
    )
    assert verdict(rules.PREFIX + to_base45(swapped)) == "forged"


@pytest.mark.parametrize("algorithm", [-19, -8, 5, 0, -65537])
def test_nobody_chooses_another_algorithm_for_us(chen, algorithm):
    tag = cbor2.loads(from_base45(shown(chen).removeprefix(rules.PREFIX)))
    _protected, unprotected, payload, signature = tag.value
    header = cbor2.dumps({1: algorithm, 4: kid_of(keys().signer().key.kid)})
    forged = cbor2.dumps(cbor2.CBORTag(18, [header, unprotected, payload, signature]))
    assert verdict(rules.PREFIX + to_base45(forged)) == "forged"


@pytest.mark.parametrize(
    "told",
    [
        claims(sub=b"short"),
        claims(serial=b""),
        claims(exp="soon"),
        claims(exp=-1),
        claims(iat=True),
        {**claims(), rules.SCENE: 7},
        {**claims(), 99: "more"},
        {**claims(), rules.ISS: "elsewhere"},
        {},
    ],
)
def test_signed_nonsense_is_malformed(told):
    assert verdict(coded(told)) == "malformed"


def test_nobody_of_ours_signs_for_an_hour(chen):
    now = int(clock.now().timestamp())
    assert verdict(coded(claims(exp=now + 3600))) == "forged"


@pytest.mark.parametrize(
    "text", ["", "SZC1:", "SZC1:!!", "SZC1:A", "SZC1:ZZZ", "HC1:6BF", "你好", "SZC1:" + "0" * 5000]
)
def test_what_is_no_code_is_malformed(text):
    assert verdict(text) == "malformed"


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data):
    assert verdict(rules.PREFIX + to_base45(data)) == "malformed"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 132), st.integers(1, 255))
def test_any_changed_byte_is_caught(place, flip):
    data = bytearray(from_base45(coded(claims()).removeprefix(rules.PREFIX)))
    data[place % len(data)] ^= flip
    assert verdict(rules.PREFIX + to_base45(bytes(data))) in {"malformed", "forged", "unknown_key"}


def test_each_refusal_is_a_line_of_the_audit(chen):
    text = shown(chen)
    for _ in range(2):
        verdict(text)
    lines = audit.entries(action="citizencode.code.verify")
    assert [line.facts["verdict"] for line in lines] == ["replayed", "valid"]


def test_who_may_resolve(chen):
    with pytest.raises(Denied):
        at(chen, shown(chen), "counter")
    with pytest.raises(Denied):
        at(official().for_purpose(""), shown(chen), "counter")
    with pytest.raises(NotFound):
        at(official("zhao"), shown(chen), "casino")


# --- cards ------------------------------------------------------------------------------


def test_a_card_has_one_holder_and_a_scene_one_card(chen):
    api.bind(context=chen, scene="clinic", card="JZK7777")
    api.bind(context=chen, scene="clinic", card="JZK7777")
    for who, card in ((citizen("liu"), "JZK7777"), (chen, "JZK8888")):
        with pytest.raises(Conflict):
            api.bind(context=who, scene="clinic", card=card)
    for scene, card in (
        ("clinic", "TSG1"),
        ("clinic", "JZK"),
        ("gate", "JZK1"),
        ("clinic", "JZK；"),
    ):
        with pytest.raises(Invalid):
            api.bind(context=chen, scene=scene, card=card)
    assert {use.card for use in api.uses(context=chen)} == {"", "JZK7777"}


# --- lost things, and the way without a phone --------------------------------------------


def test_a_lost_phone_shows_nothing_that_counts(chen):
    with clock.frozen(clock.now()) as frozen:
        text = shown(chen)
        frozen.advance(seconds=2)
        api.stop(context=chen)
        assert verdict(text) == "revoked"
        frozen.advance(seconds=2)
        assert verdict(shown(chen)) == "valid"


@pytest.fixture
def paper(chen, desk):
    return api.issue_paper(context=desk, username="chen", confirmed=True)


def test_a_printed_code_is_good_again_and_again_where_paper_is(chen, desk, paper):
    for _ in range(2):
        found = at(desk, paper.text, "counter")
        assert (found.verdict, found.trust) == ("valid", "paper")
    with clock.frozen(clock.now() + timedelta(days=300)):
        assert at(desk, paper.text, "gate").valid
    with clock.frozen(clock.now() + timedelta(days=366)):
        assert at(desk, paper.text, "gate").verdict == "expired"
    assert at(desk, paper.text, "transit").verdict == "paper_refused"


def test_a_printed_code_is_revoked_by_its_holder_and_by_the_next(chen, desk, paper):
    second = api.issue_paper(context=desk, username="chen", confirmed=True)
    assert verdict(paper.text) == "revoked"
    with pytest.raises(Denied):
        api.revoke_paper(context=citizen("liu"), paper_id=second.id)
    api.revoke_paper(context=chen, paper_id=second.id)
    assert verdict(second.text) == "revoked"
    assert len(unchecked(api.revoked(context=ANYBODY))["serials"]) == 2
    assert [one.text for one in api.papers(context=chen)] == ["", ""], "shown at the counter alone"


def test_what_ends_with_a_lost_phone_ends_on_paper_too(chen, paper):
    api.stop(context=chen)
    assert verdict(paper.text) == "revoked"


def test_a_paper_code_is_printed_for_somebody_present_only(chen, desk):
    for username, confirmed in (("chen", False), ("nobody", True), ("wang", True)):
        with pytest.raises((Invalid, Denied)):
            api.issue_paper(context=desk, username=username, confirmed=confirmed)
    with pytest.raises(Denied):
        api.issue_paper(context=chen, username="chen", confirmed=True)


def test_a_paper_serial_that_nobody_printed_counts_as_revoked():
    now = int(clock.now().timestamp())
    assert verdict(coded({**claims(exp=now + 86_400), rules.PAPER: 1})) == "revoked"


# --- keys -------------------------------------------------------------------------------


def test_codes_of_the_key_before_hold_until_it_is_distrusted(chen):
    first = shown(chen)
    keys().rotate()
    assert verdict(first) == "valid"
    second = shown(chen)
    assert read(from_base45(second[5:])).kid != read(from_base45(first[5:])).kid
    assert len(api.jwks(context=ANYBODY)["keys"]) >= 2
    keys().rotate(distrust=True)
    assert verdict(second) == "unknown_key"
    assert verdict(shown(chen)) == "valid"
