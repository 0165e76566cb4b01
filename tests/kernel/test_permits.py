"""Who may do what: one table, one answer."""

from __future__ import annotations

import pytest

from pengcheng.kernel.context import Context, anonymous_context, system_context
from pengcheng.kernel.permits import Resource, allowed, permit
from pengcheng.kernel.problems import Denied

DIARY = Resource("diary", "1", owner="c-1")


def test_matrix_of_roles(official, citizen):
    nobody, city = anonymous_context(), system_context("lamps")
    who = (official, citizen, nobody, city)
    assert [allowed(c, "lamps.lamp.light") for c in who] == [True, False, False, True]
    assert [allowed(c, "lamps.lamp.see") for c in who] == [True] * 4


def test_personal_data_needs_a_purpose(official):
    assert not allowed(official, "lamps.diary.read", DIARY)
    assert allowed(official.for_purpose("service.handling"), "lamps.diary.read", DIARY)


def test_owners_read_their_own_and_no_other(citizen):
    mine = citizen.for_purpose("own.data")
    assert allowed(mine, "lamps.diary.read", DIARY)
    assert not allowed(mine, "lamps.diary.read", Resource("diary", "2", owner="c-2"))
    assert not allowed(mine, "lamps.diary.read", Resource("diary", "3"))


def test_a_representative_reads_for_the_person(citizen):
    friend = Context(actor=citizen.actor, on_behalf_of="c-9", purpose="own.data")
    assert allowed(friend, "lamps.diary.read", Resource("diary", "9", owner="c-9"))


def test_a_stranger_owns_nothing_even_where_no_owner_is_named():
    stranger = anonymous_context().for_purpose("x")
    assert not allowed(stranger, "lamps.diary.read", Resource("diary", "3", owner=""))


def test_strangers_are_told_to_sign_in_others_that_they_lack_the_right(citizen):
    with pytest.raises(Denied) as stranger:
        permit(anonymous_context(), "lamps.lamp.light")
    with pytest.raises(Denied) as known:
        permit(citizen, "lamps.lamp.light")
    assert stranger.value.code == "kernel.permit.sign_in"
    assert known.value.code == "kernel.permit.no_right"
    assert known.value.title("en") != known.value.title("zh-hans")


def test_an_undeclared_permission_is_a_programming_error(official):
    with pytest.raises(LookupError, match="no manifest"):
        allowed(official, "lamps.lamp.smash")
