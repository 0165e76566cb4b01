"""Status lists: what is put in is read out, and hostile lists are refused."""

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kit.credentials import statuslist
from pengcheng.kit.keys.curves import encoded


def test_the_drafts_own_examples_come_out_alike():
    """draft-ietf-oauth-status-list, section 4: sixteen states of one bit."""
    states = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    made = statuslist.compress(enumerate(states), size=16, bits=1)
    assert made == "eNrbuRgAAhcBXQ"
    assert [statuslist.state_at(made, at, bits=1) for at in range(16)] == states


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([1, 2, 4, 8]), st.dictionaries(st.integers(0, 999), st.integers(0, 255)))
def test_what_is_put_in_is_read_out(bits, told):
    told = {at: state % (1 << bits) for at, state in told.items()}
    made = statuslist.compress(told.items(), size=1000, bits=bits)
    assert all(statuslist.state_at(made, at, bits=bits) == told.get(at, 0) for at in range(1000))


def test_a_million_states_with_some_revoked_stay_small():
    made = statuslist.compress(((at, 1) for at in range(0, 2**20, 100)), size=2**20, bits=1)
    assert len(made) < 30_000


@pytest.mark.parametrize(("at", "state"), [(16, 1), (-1, 1), (0, 2)])
def test_a_state_without_a_place_is_refused(at, state):
    with pytest.raises(ValueError, match="no place"):
        statuslist.compress([(at, state)], size=16, bits=1)


@pytest.mark.parametrize(
    "hostile", ["", "!", "AAAA", encoded(zlib.compress(bytes(statuslist.LARGEST + 1)))]
)
def test_a_list_that_is_none_or_a_bomb_is_refused(hostile):
    with pytest.raises(ValueError, match=r".+"):
        statuslist.state_at(hostile, 0, bits=1)
