"""Lists: scope, filters, text, order and pages; and the counts of the board."""

from datetime import UTC, datetime, timedelta

import pytest

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import (
    ONE_WINDOW,
    CaseQuery,
    Clock,
    ClockState,
    Label,
    State,
)
from pengcheng.kernel import clock
from tests.casework.scenes import (
    CHEN,
    RULES,
    STRANGER,
    WANG,
    ZHAO,
    appealed,
    by_rule,
    claimed,
    context,
    correction,
    decided,
    opened,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.fixture
def shelf():
    """Seven cases of several kinds, a minute apart."""
    found = {}
    with clock.frozen(MONDAY) as hand:
        for name, make in SHELF.items():
            hand.advance(seconds=60)
            found[name] = make()
        yield found


SHELF = {
    "new": opened,
    "slow": lambda: opened(clock=Clock(days=20)),
    "mine": lambda: claimed(opened(STRANGER)),
    "theirs": lambda: claimed(opened(), ZHAO),
    "paused": lambda: correction(claimed(opened())),
    "granted": lambda: decided(claimed(opened()), "granted"),
    "appealed": lambda: appealed(decided(claimed(opened()), "refused")),
    "elsewhere": lambda: opened(candidate_group="人口局", title=Label("婚姻登记", "Marriage")),
}


def names(shelf, who=WANG, **filters):
    page = api.list_cases(context=who, query=CaseQuery(**filters))
    by_id = {case.id: name for name, case in shelf.items()}
    return [by_id[row.id] for row in page.rows]


def test_each_scope_shows_its_part(shelf):
    assert set(names(shelf, scope="mine")) == {"mine", "paused"}
    assert set(names(shelf, scope="group")) == set(SHELF) - {"granted", "elsewhere"}
    assert set(names(shelf, scope="all")) == set(SHELF) - {"elsewhere"}
    assert set(names(shelf, CHEN, scope="own")) == set(SHELF) - {"mine"}
    assert names(shelf, STRANGER, scope="own") == ["mine"]


def test_a_department_sees_the_counter_and_its_own(shelf):
    insider = context("he", "official", organisation="人口局")
    assert set(names(shelf, insider, scope="all")) == set(SHELF)
    assert names(shelf, insider, scope="all", group="人口局") == ["elsewhere"]
    assert names(shelf, scope="all", group="人口局") == []


def test_filters_narrow(shelf):
    assert set(names(shelf, scope="all", states=frozenset({State.GRANTED}))) == {"granted"}
    assert set(names(shelf, scope="all", assignee="zhao")) == {"theirs"}
    assert set(names(shelf, scope="all", unassigned=True)) == {"new", "slow", "appealed"}
    assert set(names(shelf, scope="all", clock=ClockState.PAUSED)) == {"paused"}
    assert set(names(shelf, scope="all", clock=ClockState.STOPPED)) == {"granted"}
    day = clock.today() + timedelta(days=10)
    assert set(names(shelf, scope="all", due_from=day)) == {"slow", "appealed"}
    assert "slow" not in names(shelf, scope="all", due_to=day)
    assert names(shelf, scope="all", kind="another") == []


def test_overdue_cases_are_found_when_their_day_has_passed(shelf):
    with clock.frozen(MONDAY + timedelta(days=9)):
        late = set(names(shelf, scope="all", clock=ClockState.OVERDUE))
    assert late == {"new", "mine", "theirs"}


def test_text_finds_number_title_and_person(shelf):
    number = shelf["slow"].reference
    assert names(shelf, scope="all", text=number) == ["slow"]
    assert names(shelf, scope="all", text=number.lower()[3:]) == ["slow"]
    assert set(names(shelf, scope="all", text="liu")) == {"mine"}
    assert len(names(shelf, scope="all", text="居住 REGISTRATION")) == 7
    assert names(shelf, scope="all", text="居住 nothing") == []
    assert names(shelf, CHEN, scope="own", text="婚姻") == ["elsewhere"]


def test_text_is_taken_literally(shelf):
    assert names(shelf, scope="all", text="%") == []
    assert names(shelf, scope="all", text="' OR 1=1 --") == []


@pytest.mark.parametrize("field", ["text", "group", "assignee", "kind"])
def test_a_nul_in_a_question_does_no_harm(shelf, field):
    assert len(names(shelf, scope="all", **{field: "\x00"})) == 7


@pytest.mark.parametrize("column", ["due", "opened", "updated", "reference", "state", "owner"])
def test_each_order_can_be_turned_round(shelf, column):
    up = names(shelf, scope="all", sort=column)
    down = names(shelf, scope="all", sort=f"-{column}")
    assert sorted(up) == sorted(down)
    assert up != down


def test_the_usual_order_is_by_what_is_due_first(shelf):
    assert names(shelf, scope="group", unassigned=True)[0] == "new"
    assert names(shelf, scope="group")[-1] == "slow"


def test_an_unknown_order_is_the_usual_one(shelf):
    assert names(shelf, scope="all", sort="owner_id; DROP") == names(shelf, scope="all")


def test_pages_hold_everything_once(shelf):
    seen = []
    for number in (1, 2, 3, 4):
        query = CaseQuery(scope="all", page=number, size=2)
        page = api.list_cases(context=WANG, query=query)
        assert (page.total, page.pages, page.page) == (7, 4, number)
        seen += [row.id for row in page.rows]
    assert len(set(seen)) == 7


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-3, 1), (99, 1)])
def test_a_page_beyond_the_end_is_the_nearest_one(shelf, asked, given):
    assert api.list_cases(context=WANG, query=CaseQuery(scope="all", page=asked)).page == given


def test_a_list_takes_few_queries(shelf, django_assert_max_num_queries):
    """Three to read; the rest writes down whose cases were seen, however many there are."""
    with django_assert_max_num_queries(11):
        api.list_cases(context=WANG, query=CaseQuery(scope="all"))


def test_the_board_counts_load_per_group_and_official(shelf):
    api.decide_by_rule(context=RULES, case_id=shelf["new"].id, decision=by_rule())
    board = api.board(context=ZHAO)
    by_group = {load.group: load for load in board.groups}
    assert by_group["人口局"].open == 1
    counter = by_group[ONE_WINDOW]
    assert (counter.open, counter.unassigned, counter.paused) == (5, 2, 1)
    assert {load.official.id: load.open for load in board.officials} == {"wang": 2, "zhao": 1}
    assert board.states["granted"] == 2
    assert (board.decided_30_days, board.automatic_30_days) == (3, 1)
    assert board.at == clock.now()


def test_the_board_counts_what_is_late(shelf):
    with clock.frozen(MONDAY + timedelta(days=9)):
        board = api.board(context=context("mei", "commander"))
    counter = next(load for load in board.groups if load.group == ONE_WINDOW)
    assert (counter.overdue, counter.warning) == (3, 0)
    assert {load.official.id: load.overdue for load in board.officials} == {"wang": 1, "zhao": 1}


def test_colleagues_are_those_who_could_take_it(shelf):
    found = api.colleagues(context=WANG, case_id=shelf["mine"].id)
    assert [person.id for person in found] == ["zhao"]
