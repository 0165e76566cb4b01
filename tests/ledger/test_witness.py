"""Witnesses: two cities of which one cosigns what the other shows, and nobody who lies."""

from __future__ import annotations

import hashlib

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.ops import witnesses
from pengcheng.domains.ledger.rules import cosign, merkle, notes
from pengcheng.kernel.context import Actor, Context
from pengcheng.kernel.problems import Denied, Invalid
from pengcheng.kit.keys import Ring, curves
from tests.ledger.scenes import ANYBODY, WRITER, digest, grown
from tests.ledger.test_merkle import reader

pytestmark = pytest.mark.django_db
DOOR = "/ledger/witness/add-checkpoint"
ORIGIN = "hongkong.example/log"


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


class Elsewhere:
    """A log of somebody else, kept in a list; it may also lie."""

    def __init__(self, folder, leaves=0, salt=""):
        self.signer = Ring(folder / "elsewhere", "Ed25519").signer()
        raw = curves.decoded(curves.to_jwk(self.signer.key.public)["x"])
        self.verifier = notes.Verifier(ORIGIN, raw)
        self.hashes = [hashlib.sha256(f"{salt}{n}".encode()).digest() for n in range(leaves)]

    def note(self, size):
        root = merkle.root(reader(self.hashes), size)
        return notes.sign(notes.head_text(ORIGIN, size, root), self.verifier, self.signer.sign)

    def asking(self, old, size):
        path = merkle.consistency(reader(self.hashes), old, size) if old else []
        return cosign.asking(old, path, self.note(size))


@pytest.fixture
def other(tmp_path):
    log = Elsewhere(tmp_path, 40)
    api.watch(context=WRITER, verifier=str(log.verifier))
    return log


def told(body):
    answer = Client().post(DOOR, body.encode(), content_type="text/plain")
    return answer.status_code, answer.content.decode(), answer.headers["Content-Type"]


def cosigned(note, lines):
    known = notes.read_verifier(api.witness_identity(context=ANYBODY)[0], cosign.COSIGNATURE)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": curves.encoded(known.key)}
    key = curves.from_jwk(jwk)
    return cosign.found(note + lines, known, lambda sig, data: curves.verify(key, sig, data))


def test_a_head_that_grew_out_of_the_one_before_is_cosigned(other):
    for old, size in ((0, 3), (3, 3), (3, 8), (8, 40)):
        status, lines, _ = told(other.asking(old, size))
        assert status == 200
        assert cosigned(other.note(size), lines).seconds > 1_700_000_000
    (seen,) = api.watched(context=ANYBODY)
    assert (seen.origin, seen.size) == (ORIGIN, 40)
    assert seen.root == merkle.root(reader(other.hashes), 40).hex()


def test_who_does_not_know_where_we_are_is_told_the_size(other):
    told(other.asking(0, 8))
    assert told(other.asking(0, 9)) == (409, "8\n", "text/x.tlog.size")
    assert told(other.asking(3, 9))[0] == 409


def test_a_log_that_shows_two_pasts_is_not_cosigned(other, tmp_path):
    told(other.asking(0, 8))
    liar = Elsewhere(tmp_path, 40, salt="x")
    assert told(liar.asking(8, 9))[0] == 422
    assert told(liar.asking(8, 8))[0] == 409
    body = cosign.asking(8, [bytes(32)] * 3, other.note(9))
    assert told(body)[0] == 422
    assert api.watched(context=ANYBODY)[0].size == 8


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (400, lambda body: ""),
        (400, lambda body: body.replace("old 0", "old 00")),
        (400, lambda body: body.replace("old 0", "old 99")),
        (400, lambda body: "old 9\n" + "A" * 43 + "=\n" * 70 + body),
        (400, lambda body: body.replace("old 0\n", "old 0\n" + "A" * 43 + "=\n")),
        (403, lambda body: body.replace("\n8\n", "\n9\n")),
        (404, lambda body: body.replace(f"\n{ORIGIN}\n", "\nnobody.example/log\n")),
        (400, lambda body: "x" * 200_000),
    ],
)
def test_what_is_wrong_is_refused_as_the_specification_says(other, status, change):
    assert told(change(other.asking(0, 8)))[0] == status


def test_bytes_that_are_no_text_are_refused():
    assert Client().post(DOOR, b"\xff\xfe", content_type="text/plain").status_code == 400
    assert Client().get(DOOR).status_code == 405


@trials(max_examples=25, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    for read in (cosign.read_asking, notes.split):
        try:
            read(text)
        except notes.NoteError:
            continue


def loop_back(monkeypatch):
    """The witness we ask is ourselves: the same code as another city's."""

    def post(url, body):
        assert url == "http://witness.example/w/add-checkpoint"
        answer = Client().post(DOOR, body, content_type="text/plain")
        return answer.status_code, answer.content.decode()

    monkeypatch.setattr(witnesses, "_post", post)


@pytest.fixture
def witnessed(monkeypatch):
    loop_back(monkeypatch)
    api.watch(context=WRITER, verifier=api.overview(context=ANYBODY).verifiers[0])
    (own,) = api.witness_identity(context=ANYBODY)
    return api.add_witness(context=WRITER, verifier=own, url="http://witness.example/w/")


def test_our_heads_carry_the_lines_of_witnesses(witnessed):
    for size in (3, 9):
        grown(size - (3 if size == 9 else 0), 3 if size == 9 else 0)
        assert api.ask_witnesses(context=WRITER) == 1
        assert api.ask_witnesses(context=WRITER) == 0
    head = api.checkpoint(context=ANYBODY)
    assert [one.witness for one in head.cosignatures] == [witnessed.name]
    served = Client().get("/ledger/checkpoint").content.decode()
    assert served == head.whole
    assert cosigned(served, "") is not None
    assert api.verify_log(context=ANYBODY).whole
    assert witnessed.name in Client().get("/ledger/").content.decode()


def test_a_witness_that_is_ahead_or_behind_is_met_where_it_is(witnessed):
    from pengcheng.domains.ledger.models import Witness

    grown(5)
    api.ask_witnesses(context=WRITER)
    grown(5, 5)
    Witness.objects.update(seen=0)
    assert api.ask_witnesses(context=WRITER) == 1
    assert api.witness_list(context=ANYBODY)[0].seen == 10


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((0, "URLError: refused"), "refused"),
        ((200, ""), "no signed note|no line"),
        ((200, "— witness.example AAAAAAAAAA==\n"), "no line"),
        ((409, "99\n"), "409"),
        ((409, "not a number"), "409"),
        ((503, "busy"), "busy"),
    ],
)
def test_a_witness_that_fails_is_named_and_the_log_goes_on(witnessed, monkeypatch, answer, said):
    import re

    grown(2)
    monkeypatch.setattr(witnesses, "_post", lambda url, body: answer)
    assert api.ask_witnesses(context=WRITER) == 0
    (view,) = api.witness_list(context=ANYBODY)
    assert re.search(said, view.trouble)
    assert api.checkpoint(context=ANYBODY).cosignatures == ()


def test_a_forged_cosignature_is_not_shown(witnessed, monkeypatch):
    grown(2)
    true = witnesses._post

    def forged(url, body):
        status, line = true(url, body)
        at = len(line) - 30
        return status, line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1 :]

    monkeypatch.setattr(witnesses, "_post", forged)
    assert api.ask_witnesses(context=WRITER) == 0
    assert "does not hold" in api.witness_list(context=ANYBODY)[0].trouble


def test_only_those_who_may_choose_witnesses_do(other):
    citizen = Context(actor=Actor(id="p", kind="person", roles=frozenset({"citizen"})))
    with pytest.raises(Denied):
        api.watch(context=citizen, verifier=str(other.verifier))
    with pytest.raises(Invalid):
        api.add_witness(context=WRITER, verifier=str(other.verifier), url="http://a.example")
    (own,) = api.witness_identity(context=ANYBODY)
    with pytest.raises(Invalid):
        api.add_witness(context=WRITER, verifier=own, url="file:///etc/passwd")
    assert not api.drop_witness(context=WRITER, name="nobody")
    assert digest(1)
