"""The catalogue is loaded whole or not at all, and a second time nothing changes."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import SearchQuery
from pengcheng.domains.services.models import ServiceItem
from pengcheng.kernel import audit
from pengcheng.kernel.context import Actor, Context, system_context
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Denied, NotFound

LOADED = "services.catalogue.loaded"
pytestmark = pytest.mark.django_db


def load(shipment: api.Shipment, **more: object) -> object:
    return api.load_items(context=system_context("tests"), shipment=shipment, **more)  # type: ignore[arg-type]


@pytest.mark.slow
def test_all_2262_items_come_in_through_the_door(whole_shipment: api.Shipment) -> None:
    seen: list[tuple[int, int]] = []
    report = load(whole_shipment, progress=lambda done, total: seen.append((done, total)))
    assert (report.read, report.added, report.version) == (2262, 2262, 1)
    assert seen[-1] == (2262, 2262)
    assert len(seen) == 2262
    assert api.search_items(query=SearchQuery(text="护照")).total == 50
    assert len(api.departments()) == 177


def test_a_second_loading_changes_nothing(city, shipment: api.Shipment) -> None:
    before = api.catalogue_now()
    events = OutboxEvent.objects.filter(type=LOADED).count()
    again = load(shipment)
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    assert again.unchanged == len(shipment.rows)
    assert api.catalogue_now() == before
    assert OutboxEvent.objects.filter(type=LOADED).count() == events


def test_a_changed_row_gives_a_new_version_that_search_sees(city, shipment) -> None:
    rows = list(shipment.rows)
    rows[0] = {**rows[0], "TASK_NAME": "申领虚构飞毯"}
    assert api.search_items(query=SearchQuery(text="飞毯")).total == 0
    report = load(replace(shipment, rows=tuple(rows)))
    assert (report.changed, report.added, report.version) == (1, 0, 2)
    found = api.search_items(query=SearchQuery(text="飞毯"))
    assert [hit.item.task_name for hit in found.hits] == ["申领虚构飞毯"]


def test_a_row_that_is_gone_leaves_the_catalogue(city, shipment) -> None:
    gone = shipment.rows[0]["TASK_CODE"]
    report = load(replace(shipment, rows=shipment.rows[1:]))
    assert report.removed == 1
    with pytest.raises(NotFound):
        api.get_item(code=gone)


def test_a_bad_row_leaves_everything_as_it_was(city, shipment) -> None:
    bad = {**shipment.rows[0], "LIMIT_SCENE_NUM": "often"}
    with pytest.raises(ValueError, match="often"):
        load(replace(shipment, rows=(*shipment.rows[1:], bad)))
    assert ServiceItem.objects.count() == len(shipment.rows)


def test_loading_is_told_to_the_city_and_to_the_audit(shipment: api.Shipment) -> None:
    load(shipment)
    event = OutboxEvent.objects.get(type=LOADED)
    assert event.data["items"] == len(shipment.rows)
    entries = audit.entries(resource="catalogue")
    assert [entry.action for entry in entries] == ["services.catalogue.load"]


def test_a_citizen_may_not_load(db, shipment) -> None:
    citizen = Context(actor=Actor(id="chen", kind="person", roles=frozenset({"citizen"})))
    with pytest.raises(Denied):
        api.load_items(context=citizen, shipment=shipment)
    assert ServiceItem.objects.count() == 0


def test_before_the_first_loading_the_door_says_what_to_do(db) -> None:
    with pytest.raises(NotFound) as told:
        api.catalogue_now()
    assert "pengcheng demo load" in told.value.next_en


# --- what is read from it ---------------------------------------------------------------


def test_every_situation_leads_to_items_that_exist(whole_city) -> None:
    for life in api.situations():
        assert len(api.items_by_code(codes=life.items)) == len(life.items) >= 4
        assert life.zh
        assert life.en


def test_the_featured_items_exist(whole_city) -> None:
    assert len(api.featured_items()) == len(whole_city.featured) == 8


def test_related_items_are_near_and_never_the_item_itself(whole_city) -> None:
    code = "11440100007483172Q3440106043008"
    related = api.related_items(code=code)
    assert related
    assert code not in {item.task_code for item in related}
    assert all("签注" in item.task_name or "通行证" in item.task_name for item in related)


def test_each_item_stands_under_exactly_one_letter(whole_city) -> None:
    letters = dict(api.letters())
    assert sum(letters.values()) == 2262
    for letter, count in letters.items():
        assert len(api.items_by_letter(letter=letter)) == count


def test_all_departments_and_facets_have_english_names(whole_city) -> None:
    assert all(one.name_en for one in api.departments())
    for facet in ("audience", "theme", "level", "kind"):
        assert all(term.en.isascii() and term.zh for term in api.facet_terms(facet=facet))


def test_at_least_60_items_have_an_english_name(whole_city) -> None:
    named = [item for item in whole_city.index.items if item.name_en]
    assert len(named) >= 60
    assert all(item.name_en.isascii() for item in named)


def test_every_item_has_a_form(whole_city) -> None:
    for item in whole_city.index.items:
        form = api.form_for(code=item.task_code)
        ids = [question.id for question in form.questions()]
        assert len(ids) == len(set(ids))
        assert form.pages[-1].id == "declaration"


def test_the_general_form_asks_for_the_item_s_own_materials(whole_city) -> None:
    item = next(i for i in whole_city.index.items if i.task_name == "新增取水许可")
    form = api.form_for(code=item.task_code)
    labels = [question.label.zh for question in form.page("materials").questions]
    assert labels[:-1] == list(item.materials)
