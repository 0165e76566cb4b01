"""Ids sort by time; reference numbers catch a slip of the pen."""

from __future__ import annotations

import os
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pengcheng.kernel import ids


def test_ids_made_one_after_another_sort_in_that_order():
    made = [ids.new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_is_a_version_7_uuid_that_tells_its_millisecond():
    value = uuid.UUID(ids.new_id(1_700_000_000_123))
    assert (value.version, value.variant) == (7, uuid.RFC_4122)
    assert value.int >> 80 == 1_700_000_000_123


def test_a_forked_process_makes_ids_of_its_own():
    ids.new_id()
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        os.write(theirs, ids.new_id(0).encode())
        os._exit(0)
    os.waitpid(child, 0)
    with os.fdopen(ours) as said, os.fdopen(theirs):
        assert said.read(36) != ids.new_id(0)


def test_check_character_of_a_published_number():
    """The example of the GRid standard (Global Release Identifier 2.1), which uses ISO 7064 MOD
    37,36.
    """
    assert ids.check_character("A12425GABC1234002") == "M"


@given(st.integers(2020, 2099), st.integers(0, 999_999))
def test_a_reference_is_whole_however_it_is_typed(year, number):
    text = ids.reference("SZ", year, number)
    assert ids.check_reference(text)
    assert ids.check_reference(text.replace("-", " ").lower())


@given(st.integers(0, 999_999), st.data())
def test_one_wrong_character_is_always_caught(number, data):
    compact = ids.reference("SZ", 2026, number).replace("-", "")
    at = data.draw(st.integers(0, len(compact) - 1))
    other = data.draw(st.sampled_from([c for c in ids.ALPHABET if c != compact[at]]))
    assert not ids.check_reference(compact[:at] + other + compact[at + 1 :])


@pytest.mark.parametrize("text", ["", "K", "汉字", "SZ_2026", "\x00\x00"])
def test_nonsense_is_no_reference(text):
    assert not ids.check_reference(text)
