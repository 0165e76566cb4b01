"""The identifier: composed, read back, and refused when mistyped or hostile."""

from string import ascii_uppercase, digits

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.licences.rules import numbers

BODY = st.text(digits + ascii_uppercase, min_size=18, max_size=18)
THREE = st.text(digits, min_size=3, max_size=3)
FEW = settings(max_examples=25, deadline=None)


@FEW
@given(BODY, THREE, BODY, st.text(digits, min_size=1, max_size=12), st.integers(1, 999))
def test_what_is_composed_reads_back(definer, three, issuer, serial, version):
    text = numbers.compose(type_code=definer + three, issuer=issuer, serial=serial, version=version)
    parsed = numbers.parse(text)
    assert parsed is not None
    assert (parsed.serial, int(parsed.version), str(parsed)) == (serial, version, text)


NUMBER = numbers.compose(
    type_code="11440000006940140C901", issuer="11440300MB2C95103Q", serial="20260000042"
)


@FEW
@given(st.integers(15, len(NUMBER) - 1), st.sampled_from(digits + ascii_uppercase))
def test_one_wrong_character_is_noticed(at, char):
    wrong = NUMBER[:at] + char + NUMBER[at + 1 :]
    assert (numbers.parse(wrong) is None) == (wrong != NUMBER)


@FEW
@given(st.text(max_size=300))
def test_whatever_is_typed_gets_an_answer(text):
    parsed = numbers.parse(text)
    assert parsed is None or numbers.parse(str(parsed)) == parsed


@pytest.mark.parametrize(
    "typed",
    [NUMBER.lower(), f"  {NUMBER} ", NUMBER.replace(".", "．"), NUMBER.replace(".", " . ")],
)
def test_case_blanks_and_full_width_dots_are_forgiven(typed):
    assert str(numbers.parse(typed)) == NUMBER


@pytest.mark.parametrize(
    "hostile",
    ["", ".", numbers.ROOT, f"{NUMBER}.X", NUMBER[:-2], "1" * 5000, f"{NUMBER}\x00", "ß" * 60,
     NUMBER.replace(".001.", ".٠٠١.")],
)  # fmt: skip
def test_hostile_text_is_no_number(hostile):
    assert numbers.parse(hostile) is None


@pytest.mark.parametrize(
    "parts",
    [
        {"type_code": "1", "issuer": "11440300MB2C95103Q", "serial": "1"},
        {"type_code": "11440000006940140C901", "issuer": "x", "serial": "1"},
        {"type_code": "11440000006940140C901", "issuer": "11440300MB2C95103Q", "serial": "一"},
    ],
)
def test_parts_that_cannot_stand_in_a_number_make_none(parts):
    with pytest.raises(ValueError, match="no licence number"):
        numbers.compose(**parts)
