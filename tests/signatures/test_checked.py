"""Anybody brings a file and learns what holds: whole, by whom, when, known here, changed since."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kernel import audit, clock
from pengcheng.kit import seals
from pengcheng.kit.seals import authority, timestamps
from tests.signatures.scenes import SEAL, added_to, bad, detail, flipped, looked, plain

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def written():
    """The newest line of the audit about a file that somebody checked."""
    line = audit.entries(action="signatures.file.check")[0]
    assert line.resource == "file"
    return line.outcome, line.facts


def test_a_sealed_document_holds_with_a_proved_time(sealed):
    found = looked(sealed)
    assert (found.kind, found.verdict) == ("pdf", "holds")
    seal, stamp = found.signed
    assert (seal.form, stamp.form) == ("pades", "stamp")
    assert written() == ("success", {"kind": "pdf", "verdict": "holds", "reasons": []})
    assert "Pengcheng licence seal" in seal.signer
    assert seal.proved_at is not None
    assert abs(seal.proved_at - clock.now()) < timedelta(minutes=10)


def test_a_second_seal_behind_the_first_is_no_change(sealed):
    found = looked(seals.stamp(sealed, SEAL, level="B-T"))
    assert found.verdict == "holds"
    assert detail(found.signed[0], "changed") == "more"


def test_a_page_added_after_the_seal_is_a_change_though_the_seal_is_whole(sealed):
    found = looked(added_to(sealed))
    assert found.verdict == "broken"
    assert bad(found.signed[0]) == ["changed"]
    assert written() == ("failure", {"kind": "pdf", "verdict": "broken", "reasons": ["changed"]})


def test_a_changed_byte_breaks_it(sealed):
    found = looked(flipped(sealed, b"Invented licence"))
    assert found.verdict == "broken"
    assert "intact" in bad(found.signed[0])
    assert "intact" in written()[1]["reasons"]


def test_without_a_time_stamp_the_time_is_only_claimed(home):
    (one,) = looked(seals.stamp(plain(), SEAL, level="B-B")).signed
    assert (one.verdict, one.proved_at, detail(one, "time")) == ("holds", None, "claimed")


def test_another_citys_seal_is_whole_and_not_known(sealed, settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path / "elsewhere"
    found = looked(sealed)
    assert found.verdict == "unknown"
    assert bad(found.signed[0]) == ["trusted"]


def test_a_rotation_leaves_old_seals_and_distrust_takes_them_back(sealed):
    seals.keys().rotate()
    assert looked(sealed).verdict == "holds"
    new = seals.stamp(plain(), SEAL, level="B-T")
    seals.keys().rotate(distrust=True)
    assert "revoked" in bad(looked(new).signed[0])
    assert looked(sealed).verdict == "holds"


def test_what_was_proved_outlives_the_certificate_and_what_was_not_does_not(sealed):
    bare = seals.stamp(plain(), SEAL, level="B-B")
    with clock.frozen(clock.now() + authority.LIFE - timedelta(days=30)):
        lasting = seals.renew(sealed)
    with clock.frozen(clock.now() + authority.LIFE + timedelta(days=30)):
        assert "valid" in bad(looked(bare).signed[0])
        assert looked(lasting).signed[-1].verdict == "holds"
        assert len(looked(lasting).signed) == 3


def test_a_root_of_another_day_still_vouches_for_what_it_vouched_for(sealed):
    authority.keys().rotate()
    assert looked(sealed).verdict == "holds"
    assert looked(seals.stamp(plain(), SEAL, level="B-LTA")).verdict == "holds"


def test_a_document_without_a_signature_says_so(home):
    assert looked(plain()).verdict == "unsigned"


def bomb() -> bytes:
    """Sixteen megabytes of nothing in each of twenty streams, packed twice."""
    stream = zlib.compress(zlib.compress(bytes(2**24)))
    part = b"1 0 obj <</Filter/FlateDecode>> stream\n" + stream + b"\nendstream endobj\n"
    return b"%PDF-1.7\n" + part * 17


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\xff", "unknown_kind"),
        (b"%PDF-1.7\nnothing", "not_readable"),
        (bomb(), "bomb"),
        (b"\x30\x82\xff\xff", "not_readable"),
        (b"%PDF-" + bytes(20 * 2**20), "too_large"),
    ],
    ids=["empty", "binary", "stump", "bomb", "asn1", "huge"],
)
def test_what_cannot_be_read_is_an_answer_with_its_reason(content, reason, home):
    found = looked(content)
    assert (found.verdict, found.points[0].detail) == ("unreadable", reason)
    facts = {"kind": found.kind, "verdict": "unreadable", "reasons": [reason]}
    assert written() == ("failure", facts)


@settings(max_examples=12, deadline=None)
@given(cut=st.floats(0.05, 0.99), at=st.floats(0, 1), put=st.binary(min_size=1, max_size=8))
def test_no_spoiled_document_brings_the_page_down_or_holds(sealed_once, cut, at, put):
    pdf = sealed_once[1][: int(len(sealed_once[1]) * cut)]
    place = int(len(pdf) * at)
    found = looked(pdf[:place] + put + pdf[place:])
    assert found.verdict != "holds"


class TestThePage:
    """What it says in words."""

    @staticmethod
    def ask(language="en", **fields):
        posted = {
            name: SimpleUploadedFile("a.pdf", value) if isinstance(value, bytes) else value
            for name, value in fields.items()
        }
        client = Client()
        client.get(f"/check-file/?lang={language}")
        return client.post("/check-file/", posted)

    def test_it_tells_each_finding(self, sealed):
        told = self.ask(file=added_to(sealed)).content.decode()
        assert "Do not rely on this file" in told
        assert "Something was added or changed in the file after it was signed" in told
        assert "The time is proved" in told

    def test_it_speaks_chinese(self, sealed):
        assert "核验的各项均成立" in self.ask("zh-hans", file=sealed).content.decode()

    @pytest.mark.parametrize(
        ("text", "told", "owner"),
        [
            ("1.2.156.3005.2.1", "mistyped", "licences"),
            ("eyJhbGciOiJub25lIn0.e30.~", "not believed", "licences"),
            ("SZC1:ABC", "not a citizen code", "citizencode"),
            ("just words", "kind that this page does not know", None),
        ],
    )
    def test_texts_are_answered_by_whoever_knows_them(self, home, text, told, owner):
        assert told in self.ask(text=text).content.decode()
        assert (written()[0], written()[1].get("owner")) == ("failure", owner)

    def test_nothing_chosen_is_said_beside_the_field(self, home):
        answer = self.ask()
        assert answer.status_code == 422
        assert "Choose a file or enter a text" in answer.content.decode()


def test_a_time_stamp_on_its_own_is_read_with_and_without_its_document(home):
    from tests.signatures.test_stamped import asked

    answer, _ = timestamps.answer(asked(b"document"))
    (alone,) = looked(answer).signed
    assert (alone.form, alone.verdict) == ("token", "holds")
    assert looked(answer, b"document").verdict == "holds"
    assert bad(looked(answer, b"another").signed[0]) == ["imprint"]
