"""Counter mode: an official files for a person present; both names stay on record."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pengcheng.domains.casework import api as casework
from pengcheng.domains.services import api as services
from pengcheng.domains.services.api import counter as api
from pengcheng.domains.services.models import CounterVisit
from pengcheng.kernel import audit, clock
from pengcheng.kernel.problems import Denied, Invalid, NotFound
from tests.casework import scenes as cases
from tests.services import scenes
from tests.support.people import context_of, holder, person, signed_in

pytestmark = pytest.mark.django_db
DESK = "/workbench/counter/"


@pytest.fixture
def people() -> tuple[Any, Any]:
    return holder("official"), person("chen", name_zh="李小满（虚构）")


def begun(official: Any, **changes: Any) -> Any:
    told = {"username": "chen", "document": "resident-id", "tail": "002X", "confirmed": True}
    return api.begin(context=context_of(official), **(told | changes))


def test_what_an_official_files_is_the_persons_and_names_both(people: Any, city: Any) -> None:
    official, chen = people
    visit = begun(official)
    found = api.acting_for(context=context_of(official), visit_id=visit.id)
    assert found is not None
    acting, _ = found
    applied = scenes.submitted(acting, scenes.VISIT, scenes.visit())
    case = casework.get_case(context=cases.WANG, case_id=applied.case_id)
    assert (case.owner.id, case.owner.name) == (chen.id, chen.name_zh)
    opened = casework.journal(context=cases.WANG, case_id=case.id)[0]
    assert (opened.actor_id, opened.on_behalf_of) == (official.id, chen.id)
    line = audit.entries(action="services.application.submit")[0]
    assert (line.actor, line.on_behalf_of) == (official.id, chen.id)
    assert services.list_matters(context=context_of(chen)).total == 1
    (filed,) = api.statement(context=context_of(official), visit_id=visit.id).filed
    assert filed.reference == case.reference


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "nobody"}, "username"),
        ({"document": "library-card"}, "document"),
        ({"tail": "12"}, "tail"),
        ({"confirmed": False}, "confirmed"),
    ],
)
def test_without_identity_confirmed_nothing_begins(people: Any, changes: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        begun(people[0], **changes)
    assert [error.pointer for error in refused.value.errors] == [f"/{field}"]
    assert CounterVisit.objects.count() == 0


def test_nobody_serves_themselves_and_only_officials_serve(people: Any) -> None:
    both = person("both", roles=("official", "citizen"), kind="official")
    with pytest.raises(Denied):
        begun(both, username="both")
    with pytest.raises(Denied):
        begun(people[1])


def test_a_visit_ends_with_its_time_with_the_next_one_and_by_hand(people: Any) -> None:
    official, _ = people
    context = context_of(official)
    person("liu")
    first, second = begun(official), begun(official, username="liu")
    assert api.acting_for(context=context, visit_id=first.id) is None
    assert api.acting_for(context=context, visit_id=second.id) is not None
    with clock.frozen(clock.now()) as hand:
        hand.advance(hours=0.6)
        assert api.acting_for(context=context, visit_id=second.id) is None
    api.end(context=context)
    assert api.current(context=context) is None


def test_another_officials_visit_opens_nothing(people: Any) -> None:
    visit = begun(people[0])
    other = context_of(person("huang", roles=("official",), kind="official"))
    assert api.acting_for(context=other, visit_id=visit.id) is None
    with pytest.raises(NotFound):
        api.statement(context=other, visit_id=visit.id)


def test_in_pages_the_portal_serves_the_person_and_only_where_services_are(
    people: Any, city: Any
) -> None:
    official, chen = people
    browser = signed_in(official)
    wrong = {"username": "chen", "document": "resident-id", "tail": "002X"}
    assert browser.post(DESK, wrong).status_code == 422
    browser.post(DESK, {**wrong, "confirmed": "on"})
    assert chen.name_zh in browser.get(DESK).content.decode()
    shown = browser.get(f"/services/{scenes.VISIT}/").content.decode()
    assert "窗口代办：正在为" in re.sub(r"<[^>]+>", "", shown)
    answer = browser.post(f"/services/{scenes.VISIT}/apply/")
    assert answer.status_code == 302
    (draft,) = services.open_drafts(context=context_of(chen))
    assert draft.item_code == scenes.VISIT
    for private in ("/messages/", "/payments/", "/account/"):
        assert chen.name_zh not in browser.get(private).content.decode()
    visit = CounterVisit.objects.get()
    statement = browser.get(f"{DESK}{visit.id}/statement/").content.decode()
    assert "****002X" in statement
    browser.post(f"{DESK}end/")
    assert browser.get("/matters/").status_code == 403


def test_a_citizen_with_a_borrowed_key_is_still_a_citizen(people: Any, city: Any) -> None:
    visit = begun(people[0])
    browser = signed_in(person("liu"))
    session = browser.session
    session["counter_visit"] = visit.id
    session.save()
    page = browser.get("/matters/").content.decode()
    assert "窗口代办" not in page
