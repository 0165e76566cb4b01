"""Selective disclosure: shows what was chosen, and believes nothing that was not signed."""

import hashlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kit.credentials import jws, sdjwt
from pengcheng.kit.credentials.jws import TokenError
from pengcheng.kit.keys import Ring
from pengcheng.kit.keys.curves import encoded

NOW = 1_800_000_000
HIDDEN = {"name": "陈晓明（虚构）", "level": "65", "born_on": "1958-03-09"}


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    return Ring(tmp_path_factory.mktemp("issuer") / "keys", "ES256")


@pytest.fixture(scope="module")
def wallet(tmp_path_factory):
    return Ring(tmp_path_factory.mktemp("wallet") / "keys", "ES256")


@pytest.fixture(scope="module")
def find(ring):
    return lambda header, payload: ring.find(str(header.get("kid")))


@pytest.fixture(scope="module")
def credential(ring):
    return sdjwt.issue({"iss": "https://city", "iat": NOW, "exp": NOW + 60}, HIDDEN, ring.signer())


@pytest.fixture(scope="module")
def bound(ring, wallet):
    jwk = wallet.jwks()["keys"][0]
    return sdjwt.issue({"iss": "https://city", "cnf": {"jwk": jwk}}, HIDDEN, ring.signer())


def code(text, find, **facts):
    with pytest.raises(TokenError) as caught:
        sdjwt.verify(text, find, **{"now": NOW, **facts})
    return caught.value.code


def test_everything_or_something_or_nothing_is_shown(credential, find):
    for chosen in ({"name", "level", "born_on"}, {"level"}, set()):
        found = sdjwt.verify(sdjwt.show(credential, chosen), find, now=NOW)
        assert found.shown == chosen
        assert {name: found.claims.get(name) for name in chosen} == {n: HIDDEN[n] for n in chosen}
        assert not (set(HIDDEN) - chosen) & set(found.claims)
        assert "_sd" not in found.claims


def test_what_is_hidden_does_not_stand_in_the_token(credential):
    token = sdjwt.show(credential, set())
    body = msgspec.json.decode(__import__("base64").urlsafe_b64decode(token.split(".")[1] + "=="))
    assert not set(HIDDEN.values()) & set(map(str, body.values()))


def test_equal_claims_have_different_hashes(ring):
    """Salted: else few birthdays would be tried out."""
    one, two = (sdjwt.issue({}, {"level": "65"}, ring.signer()) for _ in range(2))
    assert one.split("~")[1] != two.split("~")[1]


def disclosure(*parts):
    return encoded(msgspec.json.encode(list(parts)))


@pytest.mark.parametrize(
    "added",
    [
        disclosure("salt", "level", "80"),
        disclosure("salt", "extra", "x"),
        disclosure("salt", "_sd", []),
        disclosure("only"),
        disclosure(1, "a", "b"),
        "!!!",
        "",
    ],
)
def test_a_disclosure_that_was_not_signed_is_refused(credential, find, added):
    assert code(f"{sdjwt.show(credential, {'level'})}{added}~", find) in {"disclosure", "form"}


def test_a_disclosure_shown_twice_is_refused(credential, find):
    one = sdjwt.show(credential, {"level"})
    assert code(f"{one}{one.split('~')[1]}~", find) == "disclosure"


def test_time_is_kept(credential, find):
    assert code(credential, find, now=NOW + 121) == "expired"
    assert code(credential, find, now=NOW - 61) == "early"
    assert sdjwt.verify(credential, find, now=NOW + 100).claims  # clocks differ a little


def test_a_key_that_nobody_vouches_for_is_refused(credential):
    assert code(credential, lambda *_: None) == "issuer"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES384", "EdDSA", None])
def test_the_token_does_not_choose_its_algorithm(ring, find, algorithm):
    text = jws.sign({}, ring.signer(), typ="dc+sd-jwt", alg=algorithm)
    assert code(f"{text}~", find) == "algorithm"


@pytest.mark.parametrize("typ", ["JWT", "kb+jwt", "statuslist+jwt"])
def test_a_token_of_another_kind_is_refused(ring, find, typ):
    assert code(f"{jws.sign({}, ring.signer(), typ=typ)}~", find) == "type"


def test_demanded_extensions_are_refused(ring, find):
    text = jws.sign({}, ring.signer(), typ="dc+sd-jwt", crit=["b64"], b64=False)
    assert code(f"{text}~", find) == "header"


def test_a_changed_token_is_refused(credential, find):
    head, body, rest = credential.split(".", 2)
    other = encoded(b'{"iss":"https://city","_sd_alg":"sha-256"}')
    assert code(".".join([head, other, rest]), find) == "signature"
    assert code(".".join([head, body, "A" + rest[1:]]), find) in {"signature", "form"}


def test_the_holder_proves_the_key_for_one_verifier_and_question(bound, find, wallet):
    asked = sdjwt.Binding(audience="https://shop", nonce="n-1")
    shown = sdjwt.show(bound, {"level"})
    told = {"audience": "https://shop", "nonce": "n-1", "at": NOW}
    proved = sdjwt.prove(shown, wallet.signer(), **told)
    assert sdjwt.verify(proved, find, now=NOW, binding=asked).bound
    assert code(shown, find, binding=asked) == "binding"
    for change in (
        {"nonce": "n-0"},
        {"audience": "https://other"},
        {"at": NOW - 301},
        {"at": NOW + 61},
    ):
        replayed = sdjwt.prove(shown, wallet.signer(), **{**told, **change})
        assert code(replayed, find, binding=asked) == "replay", change


def test_somebody_elses_proof_or_one_for_another_choice_is_refused(bound, find, wallet, ring):
    asked = sdjwt.Binding(audience="a", nonce="n")
    told = {"audience": "a", "nonce": "n", "at": NOW}
    shown, other = sdjwt.show(bound, {"level"}), sdjwt.show(bound, {"name"})
    assert code(sdjwt.prove(shown, ring.signer(), **told), find, binding=asked) == "signature"
    proof = sdjwt.prove(other, wallet.signer(), **told).rpartition("~")[2]
    assert code(shown + proof, find, binding=asked) == "binding"


def test_an_unbound_credential_can_prove_nothing(credential, find, wallet):
    asked = sdjwt.Binding(audience="a", nonce="n")
    told = {"audience": "a", "nonce": "n", "at": NOW}
    assert code(sdjwt.prove(credential, wallet.signer(), **told), find, binding=asked) == "binding"


def nested(ring, payload, *disclosures):
    return "~".join([jws.sign(payload, ring.signer(), typ="dc+sd-jwt"), *disclosures, ""])


def digest(text):
    return encoded(hashlib.sha256(text.encode()).digest())


def test_nested_objects_and_lists_are_opened(ring, find):
    street, second = disclosure("s", "street", "莲花路"), disclosure("s", "two")
    payload = {"address": {"_sd": [digest(street)]}, "of": ["one", {"...": digest(second)}]}
    found = sdjwt.verify(nested(ring, payload, street, second), find, now=NOW)
    assert found.claims == {"address": {"street": "莲花路"}, "of": ["one", "two"]}
    found = sdjwt.verify(nested(ring, payload), find, now=NOW)
    assert found.claims == {"address": {}, "of": ["one"]}


@pytest.mark.parametrize(
    "payload",
    [
        {"_sd": ["x", "x"]},
        {"_sd": "x"},
        {"_sd": [1]},
        {"_sd_alg": "sha-1"},
        {"a": {"_sd": ["x"]}, "b": {"_sd": ["x"]}},
        {"exp": "tomorrow"},
        {"iat": True},
        {"cnf": {"jwk": {"kty": "RSA"}}},
    ],
)
def test_a_signed_token_can_still_be_nonsense(ring, find, payload):
    """Even an issuer's slip must not become a belief."""
    asked = sdjwt.Binding(audience="a", nonce="n") if "cnf" in payload else None
    with pytest.raises(TokenError):
        sdjwt.verify(nested(ring, payload), find, now=NOW, binding=asked)


def test_a_disclosure_cannot_stand_in_for_a_signed_claim(ring, find):
    forged = disclosure("s", "level", "80")
    text = nested(ring, {"level": "60", "_sd": [digest(forged)]}, forged)
    assert code(text, find) == "disclosure"


def test_deep_nesting_ends(ring, find):
    payload = {}
    for _ in range(40):
        payload = {"a": payload}
    assert code(nested(ring, payload), find) == "form"


@settings(max_examples=25, deadline=None)
@given(
    text=st.one_of(st.text(max_size=200), st.from_regex(r"[A-Za-z0-9_.~-]{0,120}", fullmatch=True))
)
def test_whatever_is_sent_is_refused_in_words(text, find):
    assert code(text, find)


@settings(max_examples=25, deadline=None)
@given(at=st.integers(0, 10_000), byte=st.integers(0, 127))
def test_no_changed_character_is_believed(credential, find, at, byte):
    at %= len(credential)
    changed = credential[:at] + chr(byte) + credential[at + 1 :]
    if changed != credential:
        assert code(changed, find)
