"""Signed notes: what we sign opens, and nothing that was touched does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.ledger.rules import notes
from pengcheng.domains.ledger.rules.notes import NoteError
from pengcheng.kit.keys import Ring
from pengcheng.kit.keys.curves import decoded

ORIGIN = "city.example/ledger"


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return Ring(tmp_path_factory.mktemp("notes") / "keys", "Ed25519").signer()


@pytest.fixture(scope="module")
def verifier(signer):
    from pengcheng.kit.keys import curves

    return notes.Verifier(ORIGIN, decoded(curves.to_jwk(signer.key.public)["x"]))


@pytest.fixture(scope="module")
def note(signer, verifier):
    return notes.sign(notes.head_text(ORIGIN, 42, bytes(32)), verifier, signer.sign)


def test_what_was_signed_opens_and_reads(note, verifier, signer):
    text = notes.open_note(note, verifier, signer.key.verifies)
    assert notes.read_head(text) == (ORIGIN, 42, bytes(32))


def test_the_key_in_its_usual_form_reads_back(verifier):
    assert notes.read_verifier(str(verifier)) == verifier


def test_a_witness_line_beside_ours_is_passed(note, verifier, signer):
    both = f"{note}— witness.example {'A' * 92}\n"
    assert notes.open_note(both, verifier, signer.key.verifies)


@settings(max_examples=25, deadline=None)
@given(at=st.integers(0, 10_000), char=st.characters(max_codepoint=0x2020))
def test_no_changed_character_is_believed(note, verifier, signer, at, char):
    at %= len(note)
    changed = note[:at] + char + note[at + 1 :]
    if changed != note:
        with pytest.raises(NoteError):
            notes.open_note(changed, verifier, signer.key.verifies)


@pytest.mark.parametrize(
    "hostile", ["", "\n\n", "a\n\nb\n", "a\n\n— x y\n", "a\n\n— x \n", "a\x00\n\n"]
)
def test_what_is_no_note_is_refused(verifier, signer, hostile):
    with pytest.raises(NoteError):
        notes.open_note(hostile, verifier, signer.key.verifies)


@pytest.mark.parametrize(
    "text", ["", "a\n1\n", "a\n01\nAAAA\n", "a\n-1\nAAAA\n", "a\n1\nAAAA\n", "\n1\nAAAA\n"]
)
def test_what_is_no_head_is_refused(text):
    with pytest.raises(NoteError):
        notes.read_head(text)


@pytest.mark.parametrize("text", ["", "a", "a+b", "a+00000000+AQ==", "a b+00000000+AAAA", "a+0+!"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(NoteError):
        notes.read_verifier(text)
