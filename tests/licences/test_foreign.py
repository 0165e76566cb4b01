"""Judged from outside: published licence numbers, and python-stdnum's check characters."""

import pytest
from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

from pengcheng.domains.licences import api
from pengcheng.domains.licences.rules import numbers
from tests.licences.scenes import issued

# Printed on real electronic licences and published by the authorities as samples.
PUBLISHED = (
    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
)


@pytest.mark.parametrize("number", PUBLISHED)
def test_published_numbers_are_read_and_made_again(number):
    parsed = numbers.parse(number)
    assert parsed is not None
    assert str(parsed) == number
    assert parsed.type_code.startswith(parsed.type_code[:18])


@pytest.mark.parametrize("number", PUBLISHED)
def test_the_check_character_leaves_the_root_out(number):
    compact = number.removeprefix(f"{numbers.ROOT}.").replace(".", "")
    assert mod_37_36.is_valid(compact)
    assert not mod_37_36.is_valid(number.replace(".", ""))


@pytest.mark.django_db
def test_python_stdnum_accepts_our_numbers():
    for _ in range(10):
        assert mod_37_36.is_valid(issued().number.removeprefix(numbers.ROOT).replace(".", ""))


def test_the_authorities_credit_codes_are_real_ones():
    """GB 32100's own check character, as python-stdnum computes it."""
    for kind in api.types():
        uscc.validate(kind.authority.code)


def test_a_published_type_stands_in_our_catalogue_under_its_own_code():
    kinds = {kind.code: kind for kind in api.types()}
    kind = kinds[numbers.parse(PUBLISHED[0]).type_code]
    assert (kind.id, kind.provisional) == ("special-work-certificate", False)
