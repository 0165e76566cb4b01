"""Rating a handling: who may, once, in time; a bad grade is looked into, mended and answered."""

from __future__ import annotations

import msgspec
import pytest
from django.db import DatabaseError, connection, transaction

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import CaseQuery, ClockState, State
from pengcheng.domains.casework.contracts.ratings import RECTIFICATION, NewRating, RatingQuery
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import anonymous_context, system_context
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound, Problem, TooMany
from tests.casework.scenes import (
    CHEN,
    DMN_HASH,
    RULES,
    STRANGER,
    WANG,
    ZHAO,
    by_rule,
    claimed,
    context,
    decided,
    in_state,
    opened,
    registered,
    submission,
)

pytestmark = pytest.mark.django_db
TEAM = "演示政务服务监督组"
HE = context("he", "official", organisation=TEAM)
SUN = context("sun", "official", organisation=TEAM)
NOBODY = anonymous_context()


def handled(outcome: str = "granted"):
    return decided(claimed(opened()), outcome)


def rated(case, grade: int = 5, by=CHEN, **more: object):
    return api.rate(context=by, case_id=case.id, new=NewRating(grade=grade, **more))


def answer_to(case):
    """The open rectification, as its supervisor finds it."""
    found = api.list_cases(context=HE, query=CaseQuery(kind=RECTIFICATION, sort="-opened"))
    return next(row for row in found.rows if row.owner.id == case.owner.id)


def looked_into(row, confirmed: bool = True, by=HE):
    api.claim(context=by, case_id=row.id)
    api.verify_rating(context=by, case_id=row.id, confirmed=confirmed, finding="已回访核实")


def replied(row, outcome: str = "granted", by=HE):
    case = api.get_case(context=by, case_id=row.id)
    return api.decide(
        context=by, case_id=row.id, version=case.version, outcome=outcome, reason="已补发并致歉"
    )


def code_of(problem) -> str:
    return problem.value.code


# --- giving -----------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.GRANTED, State.REFUSED, State.UPHELD, State.OVERTURNED])
def test_an_ended_matter_can_be_rated_once(state):
    case = in_state(state)
    offer = api.rating_offer(context=CHEN, case_id=case.id)
    assert (offer.round, offer.channel) == ("first", "online")
    assert rated(case, 4, tags=("fast",), text="很快").grade == 4
    after = api.rating_offer(context=CHEN, case_id=case.id)
    assert [each.text for each in after.given] == ["很快"]
    assert after.given[0].tags[0].label.en == "Faster than promised"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_REVIEW, State.WITHDRAWN])
def test_what_has_not_been_decided_cannot_be_rated(state):
    with pytest.raises(Conflict) as problem:
        rated(in_state(state))
    assert code_of(problem) == "casework.rating.not_now"


def test_a_matter_decided_by_rule_is_rated_like_any_other():
    case = opened()
    api.decide_by_rule(context=RULES, case_id=case.id, decision=by_rule())
    assert rated(case).round == "first"


def test_after_thirty_days_it_is_too_late():
    case = handled()
    with clock.frozen(clock.now()) as hand:
        hand.advance(days=30, hours=1)
        with pytest.raises(Conflict):
            rated(case)


def test_a_slip_is_corrected_once_within_a_day():
    case = handled()
    rated(case, 3)
    assert rated(case, 5).round == "changed"
    with pytest.raises(Conflict):
        rated(case, 4)
    late = handled()
    rated(late, 3)
    with clock.frozen(clock.now()) as hand:
        hand.advance(hours=25)
        with pytest.raises(Conflict):
            rated(late, 5)


@pytest.mark.parametrize(
    ("grade", "more"),
    [
        (0, {}),
        (6, {}),
        (5, {"tags": ("rude",)}),
        (5, {"tags": ("friendly",)}),  # a counter's point, and this was handled online
        (5, {"tags": ("<script>",)}),
        (5, {"text": "字" * 501}),
    ],
)
def test_what_does_not_belong_in_a_rating_is_refused(grade, more):
    case = handled()
    with pytest.raises(Invalid):
        rated(case, grade, **more)
    assert api.rating_offer(context=CHEN, case_id=case.id).round == "first"


def test_words_are_kept_without_characters_that_hide_or_turn_them():
    kept = rated(handled(), 5, text=" 好\x00\u202e\u200b评\r\n<b>x</b> ")
    assert kept.text == "好评\n<b>x</b>"


def test_the_database_refuses_to_change_a_rating():
    rated(handled())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE casework_rating SET grade = 1")


# --- who may not ------------------------------------------------------------------------


def refusal(case, by) -> str:
    with pytest.raises(Denied) as problem:
        rated(case, 5, by)
    return code_of(problem)


def test_only_the_applicant_rates():
    assert refusal(handled(), STRANGER) == "kernel.permit.no_right"


@pytest.mark.parametrize(
    "disguise",
    [
        {"actor": msgspec.structs.replace(CHEN.actor, roles=frozenset({"citizen", "official"}))},
        {"agent": "client-1"},
        {"actor": msgspec.structs.replace(CHEN.actor, kind="agent")},
    ],
)
def test_the_applicant_in_another_role_or_through_an_agent_does_not(disguise):
    by = msgspec.structs.replace(CHEN, **disguise)
    assert refusal(handled(), by).startswith("casework.rating.")


def test_nobody_rates_on_behalf_of_the_applicant():
    for by in (STRANGER, WANG):
        acting = msgspec.structs.replace(by, on_behalf_of=CHEN.actor.id)
        assert refusal(handled(), acting).startswith("casework.rating.")


def at_the_counter():
    """An official files for a person who stands there; the code goes to that person."""
    for_chen = msgspec.structs.replace(WANG, on_behalf_of=CHEN.actor.id)
    receipt = api.open_case(
        context=for_chen,
        definition=registered(),
        submission=submission(),
        idempotency_key="at-the-counter",
    )
    return decided(claimed(receipt.case, ZHAO), "granted", ZHAO), receipt.code


def test_a_counter_matter_is_rated_with_the_applicants_code():
    case, code = at_the_counter()
    ticket = api.rating_ticket(context=NOBODY, reference=case.reference, code=code)
    offer = api.rating_offer_by_ticket(context=NOBODY, ticket=ticket)
    assert (offer.channel, offer.round) == ("counter", "first")
    new = NewRating(grade=5, tags=("friendly",))
    assert api.rate_by_ticket(context=NOBODY, ticket=ticket, new=new).channel == "counter"


@pytest.mark.parametrize("by", [WANG, ZHAO, HE])
def test_no_official_of_the_counter_rates_with_a_code(by):
    case, code = at_the_counter()
    with pytest.raises(Denied) as problem:
        api.rating_ticket(context=by, reference=case.reference, code=code)
    assert code_of(problem) == "casework.rating.official"


def test_codes_cannot_be_guessed_and_tickets_not_forged():
    case = handled()
    for _ in range(5):
        with pytest.raises(NotFound):
            api.rating_ticket(context=NOBODY, reference=case.reference, code="AAAA-BBBB-CCCC")
    with pytest.raises(TooMany):
        api.rating_ticket(context=NOBODY, reference=case.reference, code="AAAA-BBBB-CCCC")
    for forged in ("", case.id, f"{case.id}:x:y"):
        with pytest.raises(NotFound):
            api.rate_by_ticket(context=NOBODY, ticket=forged, new=NewRating(grade=5))


# --- the loop ---------------------------------------------------------------------------


def test_a_bad_grade_is_verified_mended_answered_and_rated_anew():
    case = handled()
    rated(case, 2, tags=("late",), text="超期三天")
    row = answer_to(case)
    waiting = api.rating_offer(context=CHEN, case_id=case.id)
    assert (waiting.round, waiting.rectification.verified) == (None, False)
    told = api.get_case(context=HE, case_id=row.id).submission.answers
    assert case.reference in {answer.value for answer in told}
    looked_into(row)
    api.mend_rating(context=HE, case_id=row.id, measure="已调整排班")
    replied(row)
    after = api.rating_offer(context=CHEN, case_id=case.id)
    assert (after.round, after.rectification.reply) == ("again", "已补发并致歉")
    assert rated(case, 4).round == "again"
    with pytest.raises(Conflict):
        rated(case, 5)


def test_a_grade_of_three_opens_nothing_but_its_correction_to_one_does():
    case = handled()
    rated(case, 3)
    assert api.rating_offer(context=CHEN, case_id=case.id).rectification is None
    rated(case, 1)
    assert api.rating_offer(context=CHEN, case_id=case.id).rectification is not None


def test_nobody_replies_before_it_was_looked_into_and_mended():
    case = handled()
    rated(case, 1)
    row = answer_to(case)
    api.claim(context=HE, case_id=row.id)
    for outcome in ("granted", "refused"):
        with pytest.raises(Conflict) as problem:
            replied(row, outcome)
        assert code_of(problem) == "casework.case.not_yet"
    api.verify_rating(context=HE, case_id=row.id, confirmed=True, finding="属实")
    for outcome in ("granted", "refused"):
        with pytest.raises(Conflict):
            replied(row, outcome)
    with pytest.raises(Conflict):
        api.verify_rating(context=HE, case_id=row.id, confirmed=False, finding="再说一次")


def test_a_rating_that_was_not_right_is_answered_with_reasons():
    case = handled()
    rated(case, 1)
    row = answer_to(case)
    looked_into(row, confirmed=False)
    with pytest.raises(Conflict):
        api.mend_rating(context=HE, case_id=row.id, measure="无")
    replied(row, "refused")
    found = api.rating_offer(context=CHEN, case_id=case.id)
    assert (found.rectification.confirmed, found.round) == (False, "again")


def test_whoever_handled_the_matter_does_not_look_into_it():
    insider = context("wu", "official", organisation=TEAM)
    case = decided(claimed(opened(), insider), "granted", insider)
    rated(case, 1)
    row = answer_to(case)
    with pytest.raises(Denied) as problem:
        api.claim(context=insider, case_id=row.id)
    assert code_of(problem) == "casework.case.own_work"
    version = api.claim(context=HE, case_id=row.id).version
    with pytest.raises(Denied):
        api.assign(
            context=HE,
            case_id=row.id,
            version=version,
            assignee=case.assignee,
            reason="请核查",
        )


def test_the_office_that_handled_it_does_not_see_the_answering():
    case = handled()
    rated(case, 1)
    row = answer_to(case)
    with pytest.raises(Denied):
        api.get_case(context=WANG, case_id=row.id)
    assert not api.list_cases(context=WANG, query=CaseQuery(kind=RECTIFICATION)).total


def test_the_clock_of_an_answer_cannot_be_stopped():
    case = handled()
    rated(case, 1)
    row = answer_to(case)
    version = api.claim(context=HE, case_id=row.id).version
    with pytest.raises(Conflict):
        api.request_correction(context=HE, case_id=row.id, version=version, reason="请补充")


def test_an_unanswered_rating_overruns_for_all_to_see():
    with clock.frozen(clock.now()) as hand:
        case = handled()
        rated(case, 1)
        hand.advance(days=40)
        api.check_clocks(context=system_context("casework"))
        late = api.list_cases(
            context=HE, query=CaseQuery(kind=RECTIFICATION, clock=ClockState.OVERDUE)
        )
        board = api.rating_board(context=HE, query=RatingQuery())
        assert (late.total, board.rectifications_overdue) == (1, 1)
        assert api.rating_offer(context=CHEN, case_id=case.id).rectification.overdue


def test_only_its_own_desk_takes_the_steps():
    case = handled()
    rated(case, 1)
    row = answer_to(case)
    api.claim(context=HE, case_id=row.id)
    for by in (SUN, WANG):
        with pytest.raises(Problem):
            api.verify_rating(context=by, case_id=row.id, confirmed=True, finding="我来")
    with pytest.raises(Conflict):
        api.verify_rating(context=WANG, case_id=case.id, confirmed=True, finding="不是整改件")


# --- what is told -----------------------------------------------------------------------


def told(kind: str) -> list[dict[str, object]]:
    return [row.data for row in OutboxEvent.objects.filter(type=kind)]


def test_the_applicant_is_invited_once_and_told_of_the_answer():
    case = handled()
    deliver_pending()
    (invited,) = told("casework.rating.invited")
    assert (invited["case_id"], invited["owner"]) == (case.id, CHEN.actor.id)
    rated(case, 1)
    row = answer_to(case)
    looked_into(row, confirmed=False)
    replied(row, "refused")
    deliver_pending()
    (answered,) = told("casework.rating.answered")
    assert (answered["case_id"], answered["rectification"]) == (case.id, row.id)
    assert len(told("casework.rating.invited")) == 1


def test_events_and_audit_hold_no_words_of_the_rater():
    case = handled()
    rated(case, 2, text="窗口电话没人接")
    lines = audit.entries(action="casework.rating.give")
    assert lines[0].facts == {"reference": case.reference, "round": "first"}
    assert "没人接" not in str(told("casework.rating.given"))
    assert DMN_HASH  # the definition of the rated case stays what it was
    assert api.verify_journal(context=WANG, case_id=case.id).intact
