"""Number and code open the status to people without an account, and nothing to guessers."""

import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import State
from pengcheng.domains.casework.models import CaseRecord, LookupGuard
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import anonymous_context, system_context
from pengcheng.kernel.ids import check_character, reference
from pengcheng.kernel.problems import Denied, Invalid, NotFound, TooMany
from tests.casework.scenes import CHEN, STRANGER, WANG, claimed, registered, submission

pytestmark = pytest.mark.django_db
NOBODY = anonymous_context()


@pytest.fixture
def receipt():
    return api.open_case(
        context=CHEN,
        definition=registered(),
        submission=submission(),
        idempotency_key="looked-up",
    )


def look(reference, code):
    return api.lookup_status(context=NOBODY, reference=reference, code=code)


def test_number_and_code_tell_how_the_case_stands(receipt):
    status = look(receipt.case.reference, receipt.code)
    assert status.state == State.SUBMITTED
    assert status.clock.due_on == receipt.case.clock.due_on
    assert status.notice.en == "We have it"
    claimed(receipt.case)
    assert look(receipt.case.reference, receipt.code).state == State.IN_REVIEW


def test_nothing_about_the_person_is_told(receipt):
    told = str(look(receipt.case.reference, receipt.code))
    assert "chen" not in told
    assert "莲花路" not in told


def test_typing_is_forgiven(receipt):
    number = receipt.case.reference.lower().replace("-", " ")
    code = receipt.code.lower().replace("-", "")
    assert look(number, code).reference == receipt.case.reference


def test_a_mistyped_number_is_noticed_before_anything_is_looked_up(receipt):
    number = receipt.case.reference
    wrong = number[:-3] + ("1" if number[-3] != "1" else "2") + number[-2:]
    with pytest.raises(Invalid) as caught:
        look(wrong, receipt.code)
    assert caught.value.errors[0].pointer == "/reference"


def test_a_wrong_code_and_an_unknown_number_read_the_same(receipt):
    with pytest.raises(NotFound) as wrong_code:
        look(receipt.case.reference, "AAAA-BBBB-CCCC")
    with pytest.raises(NotFound) as unknown:
        look(reference("SZ", 2026, 999_999), receipt.code)
    assert wrong_code.value.document() == unknown.value.document()


def test_after_five_wrong_codes_even_the_right_one_waits(receipt):
    with clock.frozen(clock.now()) as hand:
        for _ in range(5):
            with pytest.raises(NotFound):
                look(receipt.case.reference, "AAAA-BBBB-CCCC")
        with pytest.raises(TooMany) as caught:
            look(receipt.case.reference, receipt.code)
        assert 0 < caught.value.retry_after <= 900
        hand.advance(seconds=901)
        assert look(receipt.case.reference, receipt.code)


def test_a_right_code_forgets_the_wrong_ones(receipt):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(NotFound):
                look(receipt.case.reference, "AAAA-BBBB-CCCC")
        look(receipt.case.reference, receipt.code)


def test_the_code_is_nowhere_in_the_database(receipt):
    row = CaseRecord.objects.get(pk=receipt.case.id)
    compact = receipt.code.replace("-", "")
    assert compact not in str(vars(row)).replace("-", "")


def test_the_owner_gets_a_new_code_and_the_old_one_ends(receipt):
    fresh = api.renew_code(context=CHEN, case_id=receipt.case.id)
    assert look(receipt.case.reference, fresh)
    with pytest.raises(NotFound):
        look(receipt.case.reference, receipt.code)


def test_nobody_else_gets_a_new_code(receipt):
    for who in (STRANGER, WANG, NOBODY):
        with pytest.raises(Denied):
            api.renew_code(context=who, case_id=receipt.case.id)


def test_a_wrong_code_leaves_an_audit_line(receipt):
    with pytest.raises(NotFound):
        look(receipt.case.reference, "AAAA-BBBB-CCCC")
    look(receipt.case.reference, receipt.code)
    lines = audit.entries(resource=f"case/{receipt.case.id}", action="casework.case.lookup")
    assert [line.outcome for line in lines] == ["success", "failure"]


@pytest.mark.parametrize("body", ["ß" * 30, "A" * 300, "SZ2026", "SZ2026" + "0" * 40])
def test_what_cannot_be_a_number_is_not_counted(body):
    with pytest.raises(Invalid):
        look(body + check_character(body.upper()), "AAAA-BBBB-CCCC")
    assert not LookupGuard.objects.exists()


def test_counts_of_the_past_are_forgotten():
    with clock.frozen(clock.now()) as hand:
        with pytest.raises(NotFound):
            look(reference("SZ", 2026, 999_999), "AAAA-BBBB-CCCC")
        api.check_clocks(context=system_context("casework"))
        assert LookupGuard.objects.count() == 1, "its window is still open"
        hand.advance(seconds=901)
        api.check_clocks(context=system_context("casework"))
    assert not LookupGuard.objects.exists()
