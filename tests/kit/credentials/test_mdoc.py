"""Mobile documents: what holds, and every way in which one does not."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycose.keys import EC2Key
from pycose.messages import Sign1Message

from pengcheng.kernel import clock
from pengcheng.kit import mdoc
from pengcheng.kit.keys import Key, Signer, curves
from pengcheng.kit.mdoc.items import cose_key, day, embedded, from_cose_key

pytestmark = pytest.mark.one_database
ISSUER = curves.make("ES256")
DEVICE = curves.make("ES256")
CHAIN = b"the signer's certificate"
QUESTION = ("x509_san_dns:city.example", "n-1", "https://city.example/answer", None)
ELEMENTS = {"name": "陈晓明（虚构）", "born_on": day(date(1958, 3, 9)), "age_over_18": True}
NOW = clock.now()


def signer(private: curves.Private, algorithm: curves.Algorithm = "ES256") -> Signer:
    return Signer(Key("k", algorithm, private.public_key()), private)


def made(**facts) -> bytes:
    begins = facts.get("begins", NOW)
    life = mdoc.Life(signed=begins, begins=begins, ends=facts.get("ends", NOW + timedelta(days=9)))
    status = {"status_list": {"idx": 5, "uri": "https://city.example/status/0/"}}
    content = mdoc.Content(doc_type="a.card.1", namespace="a.1", elements=ELEMENTS, status=status)
    device = facts.get("device", DEVICE).public_key()
    return mdoc.issue(content, life, device, signer(facts.get("issuer", ISSUER)), CHAIN)


def trust(chain: tuple[bytes, ...]) -> Key:
    if chain != (CHAIN,):
        raise ValueError("not trusted")
    return Key("i", "ES256", ISSUER.public_key())


def answered(document: bytes | None = None, device=DEVICE, question=QUESTION) -> bytes:
    session = mdoc.transcript(*question)
    return mdoc.respond(document or made(), {"born_on", "age_over_18"}, signer(device), session)


def judged(answer: bytes, question=QUESTION) -> mdoc.Shown:
    return mdoc.verify(answer, trust, session=mdoc.transcript(*question), now=NOW)


def why(answer: bytes, question=QUESTION) -> str:
    with pytest.raises(mdoc.MdocError) as caught:
        judged(answer, question)
    return caught.value.code


def altered(change) -> bytes:
    """An answer whose one document was changed on the way."""
    told = cbor2.loads(answered())
    change(told["documents"][0])
    return cbor2.dumps(told)


def test_only_the_chosen_lines_are_shown():
    found = judged(answered())
    assert found.elements == {"a.1": {"born_on": "1958-03-09", "age_over_18": True}}
    assert found.status["status_list"]["idx"] == 5
    assert "陈晓明".encode() not in answered()


@pytest.mark.parametrize("device", [curves.make("ES256"), curves.make("Ed25519")])
def test_both_kinds_of_device_keys_prove_themselves(device):
    algorithm = "Ed25519" if "Ed" in type(device).__name__ else "ES256"
    session = mdoc.transcript(*QUESTION)
    answer = mdoc.respond(made(device=device), {"born_on"}, signer(device, algorithm), session)
    assert judged(answer).device.algorithm == algorithm


@pytest.mark.parametrize("place", range(4))
def test_an_answer_to_another_question_is_refused(place):
    question = list(QUESTION)
    question[place] = b"thumbprint" if place == 3 else "other"
    assert why(answered(), tuple(question)) == "replay"


def test_another_device_cannot_show_it():
    assert why(answered(device=curves.make("ES256"))) == "replay"


def test_another_issuer_is_not_believed():
    assert why(answered(made(issuer=curves.make("ES256")))) == "signature"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"begins": NOW + timedelta(hours=1)}, "early"),
        ({"begins": NOW - timedelta(days=9), "ends": NOW - timedelta(hours=1)}, "expired"),
    ],
)
def test_it_holds_only_in_its_time(facts, code):
    assert why(answered(made(**facts))) == code


def change_value(document):
    item = document["issuerSigned"]["nameSpaces"]["a.1"][0]
    told = {**cbor2.loads(item.value), "elementValue": "1999-01-01"}
    document["issuerSigned"]["nameSpaces"]["a.1"] = [cbor2.CBORTag(24, cbor2.dumps(told))]


def repeat_line(document):
    items = document["issuerSigned"]["nameSpaces"]["a.1"]
    document["issuerSigned"]["nameSpaces"]["a.1"] = [*items, items[0]]


def other_namespace(document):
    spaces = document["issuerSigned"]["nameSpaces"]
    document["issuerSigned"]["nameSpaces"] = {"b.1": spaces["a.1"]}


def other_kind(document):
    document["docType"] = "b.card.1"


def algorithm(name):
    def change(document):
        document["issuerSigned"]["issuerAuth"][0] = cbor2.dumps({1: name})

    return change


def no_device_proof(document):
    document["deviceSigned"]["deviceAuth"] = {"deviceMac": [b"", {}, None, b"x"]}


def other_chain(document):
    document["issuerSigned"]["issuerAuth"][1] = {33: b"somebody else"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (change_value, "disclosure"),
        (repeat_line, "disclosure"),
        (other_namespace, "form"),
        (other_kind, "form"),
        (algorithm(5), "algorithm"),  # HMAC 256/256 with the public key
        (algorithm(-8), "algorithm"),
        (algorithm(None), "algorithm"),
        (no_device_proof, "binding"),
        (other_chain, "issuer"),
    ],
)
def test_what_was_altered_is_refused(change, code):
    assert why(altered(change)) == code


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=60) | st.integers(0, 700).map(lambda at: answered()[:at]))
def test_malformed_bytes_are_refused_and_nothing_else(data):
    with pytest.raises(mdoc.MdocError):
        judged(data)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_flipped_bit_shows_anything_new(place, bits):
    data = bytearray(answered())
    data[place % len(data)] ^= bits
    try:
        found = judged(bytes(data))
    except mdoc.MdocError:
        return
    assert found.elements.get("a.1", {}).items() <= judged(answered()).elements["a.1"].items()


@pytest.mark.parametrize("told", [None, {}, {-2: "x"}, {1: 2, -1: 2, -2: b"x" * 32, -3: b"y" * 32}])
def test_strange_device_keys_are_refused(told):
    with pytest.raises(ValueError, match=r"COSE_Key|taken"):
        from_cose_key(told)


def test_a_foreign_reader_finds_the_signature_and_every_digest_right():
    """Judged by pycose: none of our code reads what we wrote."""
    told = cbor2.loads(made())
    message = Sign1Message.from_cose_obj(list(told["issuerAuth"]), True)
    public = cose_key(ISSUER.public_key())
    message.key = EC2Key(crv="P_256", x=public[-2], y=public[-3])
    assert message.verify_signature()
    signed = cbor2.loads(cbor2.loads(message.payload).value)
    items = told["nameSpaces"]["a.1"]
    digests = [hashlib.sha256(embedded(item.value)).digest() for item in items]
    assert list(signed["valueDigests"]["a.1"].values()) == digests
    assert len({cbor2.loads(item.value)["random"] for item in items}) == len(ELEMENTS)
