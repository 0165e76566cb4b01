"""An official's day: many at once with a result each, absent colleagues, kept views, the trend."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pengcheng.domains.casework import api
from pengcheng.domains.casework.contracts import CaseQuery, Person, State, Step
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.casework.scenes import (
    CHEN,
    WANG,
    ZHAO,
    claimed,
    context,
    decided,
    opened,
    registered,
    submission,
)
from tests.support.people import context_of, holder, person, signed_in

pytestmark = pytest.mark.django_db
ZHAO_HERSELF = Person("zhao", "zhao（虚构）")


def seen(*cases):
    return [(case.id, case.version) for case in cases]


# --- many at once -----------------------------------------------------------------------


def test_of_two_who_claim_the_same_cases_each_case_has_one_winner():
    first, second, third = opened(), opened(), opened()
    api.claim_many(context=ZHAO, seen=seen(second))
    found = api.claim_many(context=WANG, seen=seen(first, second, third))
    assert [each.version is not None for each in found] == [True, False, True]
    assert found[1].reference == second.reference
    assert found[1].why("en")
    assert api.get_case(context=WANG, case_id=second.id).assignee.id == "zhao"


def test_an_absent_colleagues_cases_go_over_each_with_its_line():
    cases = [claimed(opened()), claimed(opened())]
    own = claimed(opened(ZHAO))  # applied for by the very colleague: stays
    found = api.hand_over(
        context=WANG, seen=seen(*cases, own), assignee=ZHAO_HERSELF, reason="王某请假"
    )
    assert [each.version is not None for each in found] == [True, True, False]
    for case in cases:
        last = api.journal(context=ZHAO, case_id=case.id)[-1]
        assert (last.step, last.reason) == (Step.ASSIGN, "王某请假")
    assert api.get_case(context=WANG, case_id=own.id).assignee.id == "wang"


def test_handing_over_needs_a_reason():
    case = claimed(opened())
    (result,) = api.hand_over(context=WANG, seen=seen(case), assignee=ZHAO_HERSELF, reason=" ")
    assert result.version is None


def test_desks_are_those_of_the_askers_groups_and_the_askers_own():
    claimed(opened())
    insider = context("he", "official", organisation="人口局")
    claimed(opened(candidate_group="人口局"), insider)
    names = {person.id: n for person, n in api.desks(context=ZHAO).people}
    assert names == {"wang": 1, "zhao": 0}
    with pytest.raises(Denied):
        api.desks(context=CHEN)


# --- views ------------------------------------------------------------------------------


def test_a_view_is_kept_replaced_and_dropped_by_its_owner_alone():
    api.keep_view(context=WANG, name="逾期", query="clock=overdue")
    view = api.keep_view(context=WANG, name="逾期", query="clock=overdue&sort=due")
    assert [each.query for each in api.saved_views(context=WANG)] == ["clock=overdue&sort=due"]
    assert api.saved_views(context=ZHAO) == ()
    with pytest.raises(NotFound):
        api.drop_view(context=ZHAO, view_id=view.id)
    api.drop_view(context=WANG, view_id=view.id)
    assert api.saved_views(context=WANG) == ()


def test_a_view_needs_a_name_and_there_are_not_endlessly_many():
    for name in ("", " \u202e ", "字" * 41):
        with pytest.raises(Invalid):
            api.keep_view(context=WANG, name=name, query="q=x")
    for number in range(20):
        api.keep_view(context=WANG, name=f"n{number}", query="q=x")
    with pytest.raises(Conflict):
        api.keep_view(context=WANG, name="one more", query="q=x")


# --- the trend --------------------------------------------------------------------------


def test_ages_and_days_are_counted_in_the_citys_days():
    with clock.frozen(clock.now()) as hand:
        old = opened()
        hand.advance(days=25)
        api.check_clocks(context=system_context("casework"))
        decided(claimed(opened()), "granted")
        opened()
        found = api.trend(context=WANG)
        assert [(each.group, each.counts) for each in found.ageing] == [
            ("one-window", (1, 0, 0, 1))
        ]
        assert (len(found.days), found.days[-1].day) == (30, clock.today())
        assert (found.days[-1].opened, found.days[-1].decided, found.days[-1].overrun) == (2, 1, 1)
        assert found.days[-26].opened == 1
    assert old.state == State.SUBMITTED


# --- pages ------------------------------------------------------------------------------


@pytest.fixture
def official():
    return holder("official")


def test_each_row_of_a_bulk_claim_has_its_own_result_on_the_page(official):
    mine, theirs = opened(), opened()
    ticks = [f"{case.id}:{case.version}" for case in (mine, theirs)]
    claimed(theirs, ZHAO)
    client = signed_in(official)
    client.post("/workbench/cases/claim/", {"case": ticks})
    page = client.get("/workbench/cases/").content.decode()
    for part in (mine.reference, theirs.reference, "已认领", "更新"):
        assert part in page


def test_a_desk_is_handed_over_by_form(official):
    colleague = person("colleague", kind="official", roles=("official",))
    case = claimed(opened(), context_of(colleague))
    client = signed_in(official)
    address = f"/workbench/cases/handover/?from={colleague.id}"
    assert case.reference in client.get(address).content.decode()
    told = {"case": f"{case.id}:{case.version}", "to": official.id}
    assert client.post(address, told).status_code == 422
    assert client.post(address, told | {"reason": "请假"}).status_code == 302
    assert api.get_case(context=ZHAO, case_id=case.id).assignee.id == official.id
    assert client.get("/workbench/cases/handover/?from=nobody").status_code == 200


def test_a_filtered_list_is_kept_and_found_again(official):
    client = signed_in(official)
    back = "tab=group&clock=overdue"
    client.post("/workbench/cases/views/", {"name": "逾期<b>", "back": back})
    page = client.get("/workbench/cases/").content.decode()
    assert "逾期&lt;b&gt;" in page
    (view,) = api.saved_views(context=context_of(official))
    assert view.query == back
    client.post(f"/workbench/cases/views/{view.id}/drop/", {"back": back})
    assert api.saved_views(context=context_of(official)) == ()


def test_the_board_leads_to_the_very_cases(official):
    case = claimed(opened(), context_of(official))
    client = signed_in(official)
    page = client.get("/workbench/load/").content.decode()
    assert f"assignee={official.id}" in page
    listed = client.get(f"/workbench/cases/?tab=group&assignee={official.id}").content.decode()
    assert case.reference in listed
    query = CaseQuery(assignee=official.id)
    assert api.list_cases(context=context_of(official), query=query).total == 1


# --- side by side -----------------------------------------------------------------------


def test_answers_stand_beside_each_piece_of_evidence(official):
    case = claimed(opened(), context_of(official))
    client = signed_in(official)
    page = client.get(f"/workbench/cases/{case.id}/evidence/").content.decode()
    for part in ("莲花路1号", "人口库", "租赁合同", "abababababab"):
        assert part in page
    for odd in ("0", "9", "x", "٣", "-1", "9" * 30):
        assert client.get(f"/workbench/cases/{case.id}/evidence/?n={odd}").status_code == 200


def test_only_files_of_this_city_are_shown_as_pictures(official):
    piece = submission().evidence[0]
    urls = ("/files/x/", "https://elsewhere.example/x.png", "//elsewhere.example/x.png")
    handed = replace(submission(), evidence=tuple(replace(piece, key=url, url=url) for url in urls))
    receipt = api.open_case(
        context=CHEN,
        definition=registered(),
        submission=handed,
        idempotency_key="with-pictures",
    )
    address = f"/workbench/cases/{receipt.case.id}/evidence/"
    client = signed_in(official)
    pages = [client.get(f"{address}?n={n}").content.decode() for n in (1, 2, 3)]
    assert ['<img src="/files/x/preview/"' in page for page in pages] == [True, False, False]
    assert not any("<img" in page.split("<main")[1] for page in pages[1:])
