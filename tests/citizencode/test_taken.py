"""A terminal without a network: it judges by signed lists, and reports later what it took."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from pengcheng.domains.citizencode import api, handlers, rules
from pengcheng.domains.citizencode.contracts import Taken
from pengcheng.domains.citizencode.models import TakenCode, UsedCode
from pengcheng.domains.citizencode.ops.secrets import keys
from pengcheng.kernel import audit, clock
from pengcheng.kernel.problems import Denied, Invalid, NotFound
from pengcheng.kit.cose import from_base45, read, to_base45
from tests.citizencode.scenes import ANYBODY, at, citizen, claims, coded, official, stranger
from tests.support import people

pytestmark = pytest.mark.django_db
REPORT = "citizencode.taken.report"


@pytest.fixture
def chen():
    return citizen()


@pytest.fixture
def gate():
    return terminal("gate-1")


def terminal(username: str):
    account = people.person(username, roles=("terminal",), kind="official", name_zh="虚构闸机")
    return people.context_of(account, purpose="code.verification")


def now() -> int:
    return int(clock.now().timestamp())


def shown(context) -> str:
    return api.show(context=context).text


def seen(text: str, ago: int = 0) -> Taken:
    return Taken(text=text, seen_at=now() - ago)


def told(context, *taken: Taken, scene: str = "gate") -> tuple[str, ...]:
    return api.report_taken(context=context, scene=scene, taken=taken)


def lines(outcome: str):
    return [line.facts for line in audit.entries(action=REPORT) if line.outcome == outcome]


def listed() -> dict:
    """The list as a terminal reads it, with a library none of us wrote."""
    ring = KeySet.import_key_set(api.jwks(context=ANYBODY))
    token = jwt.decode(api.revoked(context=ANYBODY), ring, algorithms=["ES256"])
    assert token.header["typ"] == "citizen-code-revoked+jwt"
    return token.claims


# --- reporting --------------------------------------------------------------------------


def test_what_was_taken_offline_counts_once_and_a_report_sent_again_changes_nothing(chen, gate):
    with clock.frozen(clock.now()) as hand:
        taken = seen(shown(chen))
        hand.advance(seconds=7200)
        assert told(gate, taken) == ("valid",)
        assert told(gate, taken, taken) == ("valid", "valid")
        assert (UsedCode.objects.count(), TakenCode.objects.count()) == (1, 1)
    assert lines("failure") == []
    assert lines("success")[-1] == {"scene": "gate", "verdicts": {"valid": 1}}


def test_a_code_taken_at_two_terminals_is_found_out_and_written_down_once(chen, gate):
    other, text = terminal("gate-2"), shown(chen)
    first, second = seen(text), seen(text, ago=-3)
    assert told(gate, first) == ("valid",)
    for _ in range(2):
        assert told(other, second) == ("double_use",)
    assert told(gate, first) == ("valid",)
    (fact,) = lines("failure")
    serial = read(from_base45(text.removeprefix(rules.PREFIX))).claims[rules.SERIAL].hex()
    assert fact == {
        "verdict": "double_use",
        "serial": serial,
        "scene": "gate",
        "first_scene": "gate",
        "first_taker": gate.actor.id,
    }


def test_a_code_shown_online_and_taken_offline_is_a_double_use(chen, gate):
    text = shown(chen)
    assert at(official(), text, "counter").valid
    with clock.frozen(clock.now() + timedelta(days=2)):
        handlers.forget_old.call()
        assert told(gate, seen(text, ago=2 * 86_400)) == ("double_use",)
    assert lines("failure")[0]["first_scene"] == "counter"


def test_the_same_terminal_taking_it_twice_is_a_double_use_too(chen, gate):
    text = shown(chen)
    assert told(gate, seen(text), seen(text, ago=-2)) == ("valid", "double_use")


def test_each_code_of_a_batch_is_told_what_it_was(chen, gate):
    text = shown(chen)
    data = bytearray(from_base45(text.removeprefix(rules.PREFIX)))
    data[-1] ^= 1
    tampered = rules.PREFIX + to_base45(bytes(data))
    batch = (
        seen(tampered), seen("SZC1:ABC"), seen(coded(claims(), stranger())), seen(text, ago=-90),
        seen(text, ago=90), seen(text, ago=rules.LATE + 9), seen(text),
        Taken(text=text, seen_at=now() + 3600), Taken(text=text, seen_at=0),
    )  # fmt: skip
    assert told(gate, *batch) == (
        "forged", "malformed", "unknown_key", "future", "future", "late", "valid", "future", "late",
    )  # fmt: skip
    with clock.frozen(clock.now() + timedelta(seconds=200)):
        assert told(gate, seen(text, ago=100)) == ("expired",)
    assert (UsedCode.objects.count(), TakenCode.objects.count()) == (1, 1)


def test_it_is_judged_as_it_was_when_it_was_seen(chen, gate):
    desk = official()
    with clock.frozen(clock.now()) as hand:
        paper = api.issue_paper(context=desk, username="chen", confirmed=True)
        api.bind(context=chen, scene="library", card="TSG0042")
        phone, before = shown(chen), seen(paper.text, ago=-10)
        hand.advance(seconds=20)
        good = seen(phone)
        hand.advance(seconds=20)
        api.stop(context=chen)
        api.unbind(context=chen, scene="library")
        hand.advance(seconds=10)
        assert told(gate, good, before, seen(paper.text)) == ("valid", "valid", "revoked")
        late = coded(claims(iat=now() - 30, exp=now() + 30), keys().signer())
        assert told(gate, seen(late), scene="library") == ("not_bound",)


def test_serials_are_kept_as_long_as_a_report_may_come(chen, gate):
    with clock.frozen(clock.now()) as hand:
        text = shown(chen)
        assert told(gate, seen(text)) == ("valid",)
        hand.advance(seconds=rules.LATE)
        assert handlers.forget_old.call() == 0
        hand.advance(seconds=300)
        assert handlers.forget_old.call() == 1
        assert TakenCode.objects.count() == 0
        assert told(gate, seen(text, ago=rules.LATE + 300)) == ("late",)


def test_a_batch_that_is_too_large_is_refused_whole(chen, gate):
    with pytest.raises(Invalid, match="too_many"):
        told(gate, *[seen(shown(chen))] * (rules.MOST_TAKEN + 1))
    assert TakenCode.objects.count() == 0
    assert lines("failure") == [{"code": "citizencode.taken.too_many"}]
    assert told(gate) == ()


def test_only_terminals_report(chen):
    for who in (chen, official(), ANYBODY):
        with pytest.raises(Denied):
            told(who, seen(shown(chen)))
    with pytest.raises(NotFound):
        told(terminal("gate-9"), scene="casino")


def test_programs_report_over_the_rest_door(chen, gate, settings):
    browser = people.signed_in(people.person("gate-3", roles=("terminal",), kind="official"))
    address = "/api/v1/citizencode/taken"
    one = {"text": shown(chen), "seen_at": now()}

    def post(taken):
        body = json.dumps({"scene": "gate", "taken": taken})
        return browser.post(address, body, content_type="application/json")

    assert post([one, {**one, "text": "x"}]).json() == {"verdicts": ["valid", "malformed"]}
    for bad in ({**one, "seen_at": -1}, {**one, "seen_at": 1 << 40}, {"text": "x"}):
        assert post([bad]).status_code == 422
    assert post([one] * (rules.MOST_TAKEN + 1)).json()["code"] == "citizencode.taken.too_many"
    settings.PENGCHENG_LIMITS = "taken-codes=1"
    assert post([one]).status_code == 429


# --- the list of what was revoked -------------------------------------------------------


def test_the_list_is_signed_and_says_how_long_it_counts(chen):
    paper = api.issue_paper(context=official(), username="chen", confirmed=True)
    assert listed()["serials"] == []
    api.revoke_paper(context=chen, paper_id=paper.id)
    found, told_at = listed(), now()
    signed = read(from_base45(paper.text.removeprefix(rules.PREFIX)))
    mine = rules.read(signed.claims)
    assert found["serials"] == [mine.serial.hex()]
    assert found["next_update"] - found["iat"] == rules.LIST_TTL
    assert rules.unlisted(found, mine, told_at) == "revoked"
    none = {**found, "serials": []}
    assert rules.unlisted(none, mine, told_at) is None
    for when in (told_at + rules.LIST_LIFE, told_at - 60):
        assert rules.unlisted(none, mine, when) == "revoked", "out of its time it vouches for none"
    assert rules.unlisted(found, rules.read(claims()), told_at) is None


def test_the_list_names_keys_that_are_believed_no_more(chen):
    old = keys().signer().key.kid
    assert old not in listed()["keys"]
    keys().rotate(distrust=True)
    assert listed()["keys"] == [old]


def test_a_list_that_was_touched_is_noticed(chen):
    head, body, signature = api.revoked(context=ANYBODY).split(".")
    ring = KeySet.import_key_set(api.jwks(context=ANYBODY))
    with pytest.raises(JoseError):
        jwt.decode(f"{head}.{body[:-4]}AAAA.{signature}", ring, algorithms=["ES256"])
