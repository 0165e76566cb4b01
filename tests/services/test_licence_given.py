"""A grant gives its licence: by rule in the same transaction, by a person once; a refusal none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pengcheng.domains.casework import api as casework
from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.models import LicenceRecord
from pengcheng.domains.services import api
from pengcheng.domains.services.models import Draft
from pengcheng.domains.services.rules import library, sheets, standing
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kit.forms.answers import Answer
from tests.services import scenes, test_library
from tests.support import people

TODAY = datetime(2026, 11, 22, 4, tzinfo=UTC)
GIVING = sorted(id for id, entry in library.entries().items() if entry.licence)
INSTANT = sorted(set(GIVING) & set(test_library.INSTANT))
COPYRIGHT = {
    "applicant-kind": "person",
    "title": "荔枝湾的早晨",
    "work-kind": "text",
    "finished": "2026-05-01",
    "published": "no",
    "ownership": "original",
    "summary": "一篇散文（虚构）",
    "sample": "a.pdf",
}


@pytest.fixture
def chen() -> Any:
    return people.context_of(people.holder("citizen"))


def apply(context: Any, name: str, **change: Any) -> Any:
    code = test_library.CODES[name]
    return scenes.applied(context, code, test_library.told(name, change))


@pytest.mark.parametrize("name", GIVING)
def test_what_stands_on_a_licence_fits_its_kind_and_its_form(name: str) -> None:
    entry = library.entry(name)
    kind = licences.get_type(type=entry.licence)
    assert {field.key for field in kind.fields if field.required} <= {*entry.values}
    assert {*entry.values} <= {field.key for field in kind.fields}
    form = next(form for form in sheets.own_forms().values() if form.id == name)
    asked = {question.id for question in form.questions()}
    assert {standing.question(origin) for origin in entry.values.values()} - {""} <= asked


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_each_instant_item_gives_its_licence_at_once(chen) -> None:
    with clock.frozen(TODAY):
        for name in INSTANT:
            applied = apply(chen, name)
            assert applied.outcome == "granted", name
            record = LicenceRecord.objects.get(pk=applied.licence_id)
            assert record.number == applied.licence_number
            assert (record.case_id, record.type) == (applied.case_id, library.entry(name).licence)
            assert record.holder_id == chen.actor.id
            shown = licences.verify(context=chen, number=record.number)
            assert shown.verdict == "valid"


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_the_licence_bears_the_name_of_the_account_whatever_was_typed(chen) -> None:
    told = {"name": Answer(value="别人（虚构）")}
    code = test_library.CODES["exam-transcript"]
    applied = scenes.applied(chen, code, test_library.told("exam-transcript", {}) | told)
    record = LicenceRecord.objects.get(pk=applied.licence_id)
    assert (record.holder_name, record.values["name"]) == (chen.actor.name, chen.actor.name)


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("change", [{"arrears": "yes"}, {"arrears": "unknown"}])
def test_a_refusal_and_an_open_case_give_none(chen, change: dict[str, str]) -> None:
    applied = apply(chen, "pension-certificate", **change)
    while deliver_pending():
        pass
    assert applied.licence_id == ""
    assert not LicenceRecord.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_an_item_that_only_books_gives_none(chen) -> None:
    with clock.frozen(TODAY):
        applied = apply(chen, "marriage-booking")
    assert (applied.outcome, applied.licence_number) == ("granted", "")
    assert not LicenceRecord.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_sent_again_it_is_the_same_licence(chen) -> None:
    first = apply(chen, "pension-certificate")
    row = Draft.objects.get(case_id=first.case_id)
    again = api.submit(context=chen, draft_id=row.id)
    assert again.repeated
    assert again.licence_number == first.licence_number
    assert LicenceRecord.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_when_the_licence_fails_the_whole_submission_has_not_happened(chen, monkeypatch) -> None:
    def torn(**told: Any) -> Any:
        raise RuntimeError("the register is torn")

    monkeypatch.setattr(licences, "issue", torn)
    events = OutboxEvent.objects.count()
    with pytest.raises(RuntimeError):
        apply(chen, "pension-certificate")
    assert OutboxEvent.objects.count() == events
    assert Draft.objects.get().case_id == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_an_overturned_refusal_gives_the_licence_once(chen) -> None:
    refused = apply(chen, "pension-certificate", arrears="yes")
    case = api.appeal(context=chen, case_id=refused.case_id, reason="已于上周补缴（虚构）")
    official = people.context_of(people.holder("official"))
    claimed = casework.claim(context=official, case_id=case.id)
    casework.decide_appeal(
        context=official,
        case_id=case.id,
        version=claimed.version,
        outcome="overturned",
        reason="已核实补缴",
        legal_basis="受理条件",
    )
    while deliver_pending():
        pass
    again = api.give_licence(context=system_context("tests"), case_id=case.id)
    record = LicenceRecord.objects.get()
    assert again is None
    assert api.licence_of_matter(context=chen, case_id=case.id) == (record.pk, record.number)


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_an_officials_grant_gives_the_licence_and_a_refusal_none(chen) -> None:
    code = test_library.CODES["copyright-registration"]
    official = people.context_of(people.holder("official"))
    numbers = []
    for outcome in ("granted", "refused"):
        told = {key: Answer(value=value) for key, value in COPYRIGHT.items()}
        applied = scenes.applied(chen, code, told)
        assert applied.outcome is None
        scenes.decided(official, applied.case_id, outcome)
        while deliver_pending():
            pass
        numbers.append(api.licence_of_matter(context=chen, case_id=applied.case_id)[1])
    assert numbers[0]
    assert not numbers[1]
    assert LicenceRecord.objects.get().values["work"] == "荔枝湾的早晨"


# --- the page that says what came of it -------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("tongue", ["zh-hans", "en"])
def test_the_result_page_has_the_licence_and_what_next(tongue: str) -> None:
    chen = people.holder("citizen")
    browser = people.signed_in(chen)
    with clock.frozen(TODAY):
        applied = apply(people.context_of(chen), "school-bus")
    page = browser.get(f"/matters/{applied.case_id}/done/", {"lang": tongue}, follow=True)
    words = scenes.plain(page)
    assert applied.licence_number in words
    assert f"/licences/{applied.licence_id}/" in page.content.decode()
    said = {
        "zh-hans": ("申请已批准", "车辆管理所", "60 周岁"),
        "en": ("is granted", "vehicle office", "60th"),
    }
    assert all(word in words for word in said[tongue])


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_the_page_of_a_refusal_names_the_rule_and_the_way_to_appeal() -> None:
    chen = people.holder("citizen")
    browser = people.signed_in(chen)
    refused = apply(people.context_of(chen), "exam-transcript", passed="0")
    page = browser.get(f"/matters/{refused.case_id}/done/", {"lang": "en"}, follow=True)
    words = scenes.plain(page)
    assert "Your application is refused" in words
    assert "No course has been passed yet" in words
    assert f"/matters/{refused.case_id}/appeal/" in page.content.decode()
    assert "Your licence" not in words


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ({}, ["guard-first", "marriage-booking"], []),
        ({"result": "other"}, ["marriage-booking", "cpa-exam"], ["guard-first"]),
        ({"q": "school bus"}, ["school-bus"], ["guard-first"]),
        ({"q": "停业"}, ["business-pause"], ["school-bus"]),
        ({"department": "nonsense"}, ["guard-first"], []),
    ],
)
def test_the_list_of_instant_items_can_be_narrowed(client, query, there, gone) -> None:
    page = client.get("/services/instant/", query).content.decode()
    assert all(test_library.CODES[name] in page for name in there)
    assert not any(test_library.CODES[name] in page for name in gone)
