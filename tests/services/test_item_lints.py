"""The seventeen consistency rules: each in its cases, and the real catalogue under all of them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from msgspec.structs import replace

from pengcheng.domains.services.contracts import Declared, Item
from tests.services import scenes
from tests.services.plain import plain_city, plain_shelf
from tests.services.test_item_comparison import version
from tests.support import people

__all__ = ["plain_city", "plain_shelf"]

GOOD = version(
    "a",
    consult_phone=("020-12345678",),
    complain_phone=("020-87654321",),
)


def judged(rule: str, item: Item | None = None, **declared: Any) -> tuple[str, tuple[str, ...]]:
    from pengcheng.domains.services.rules import lints

    item = replace(item or GOOD, declared=Declared(**declared))
    found = {one.rule: one for one in lints.judge(item)}[rule]
    return found.verdict, found.causes


def item(**facts: Any) -> Item:
    return replace(GOOD, **facts)


HOLDS: tuple[str, tuple[str, ...]] = ("holds", ())
UNKNOWN: tuple[str, tuple[str, ...]] = ("unknown", ())
IDLE: tuple[str, tuple[str, ...]] = ("idle", ())


def broken(*causes: str) -> tuple[str, tuple[str, ...]]:
    return "broken", causes


@pytest.mark.parametrize(
    ("rule", "declared", "wanted"),
    [
        ("01", {"at_once": True, "project_type": "即办件", "audit_type": "即审即办"}, HOLDS),
        ("01", {"at_once": True, "project_type": "承诺件"}, broken("project_type")),
        ("01", {"at_once": True, "project_type": "即办件"}, UNKNOWN),
        ("01", {"at_once": False, "project_type": "承诺件"}, IDLE),
        ("01", {}, UNKNOWN),
        ("02", {"at_once": False, "project_type": "承诺件", "audit_type": "前审后批"}, HOLDS),
        ("02", {"at_once": False, "audit_type": "即审即办"}, broken("audit_type")),
        ("02", {"at_once": True}, IDLE),
        ("02", {}, UNKNOWN),
        ("03", {"result_name": "居住证", "result_type": "出证办结"}, HOLDS),
        ("03", {"result_name": "居住证", "result_type": "出文办结"}, broken("result_type")),
        ("03", {"result_name": "证明"}, IDLE),
        ("03", {"result_name": "居住证"}, UNKNOWN),
        ("04", {"result_name": "批文", "result_type": "出文办结"}, HOLDS),
        ("04", {"result_name": "批文", "result_type": "出证办结"}, broken("result_type")),
        ("05", {"result_name": "关于立项的批复", "result_type": "审批办结"}, HOLDS),
        ("05", {"result_name": "关于立项的批复", "result_type": ""}, broken("result_type")),
        ("05", {}, UNKNOWN),
        ("10", {"is_fee": False}, IDLE),
        ("10", {"is_fee": True, "fee_basis": "办法", "fee_items": ("费",), "is_pay_online": True},
         broken("fee_stand")),
        ("10", {"is_fee": True}, broken("fee_basis", "fee_items", "fee_stand", "is_pay_online")),
        ("10", {}, UNKNOWN),
        ("11", {"is_fee": False, "is_pay_online": False}, HOLDS),
        ("11", {"is_fee": False, "is_pay_online": True}, broken("is_pay_online")),
        ("11", {"is_fee": True, "is_pay_online": True}, IDLE),
        ("11", {"is_fee": False}, UNKNOWN),
        ("13", {"link_way": "020-11112222"}, HOLDS),
        ("13", {"link_way": "11112222"}, broken("area_code")),
        ("13", {"link_way": "020-87654321"}, broken("same")),
        ("13", {"link_way": ""}, broken("missing")),
        ("13", {}, UNKNOWN),
        ("15", {"faq": 1}, HOLDS),
        ("15", {"faq": 0}, broken("faq")),
        ("15", {}, UNKNOWN),
        ("16", {"stages": ("受理", "审核", "审批", "办结", "送达")}, HOLDS),
        ("16", {"stages": ("受理", "审批", "办结")}, broken("stages")),
        ("16", {}, UNKNOWN),
        ("17", {"result_name": "居住证", "result_sample": True}, HOLDS),
        ("17", {"result_name": "居住证", "result_sample": False}, broken("sample")),
        ("17", {"result_name": ""}, IDLE),
        ("17", {"result_name": "居住证"}, UNKNOWN),
    ],
)  # fmt: skip
def test_rules_over_fields_that_a_full_catalogue_states(
    rule: str, declared: dict[str, Any], wanted: Any
) -> None:
    assert judged(rule, **declared) == wanted


@pytest.mark.parametrize(
    ("rule", "facts", "declared", "wanted"),
    [
        ("06", {"limit_scene_num": 1}, {"limit_scene_explain": "核验原件"}, HOLDS),
        ("06", {"limit_scene_num": 1}, {"limit_scene_explain": " "}, broken("reason")),
        ("06", {"limit_scene_num": 1}, {}, UNKNOWN),
        ("06", {}, {}, IDLE),
        ("07", {}, {"limit_scene_explain": ""}, HOLDS),
        ("07", {}, {"limit_scene_explain": "核验原件"}, broken("reason")),
        ("07", {}, {}, UNKNOWN),
        ("07", {"limit_scene_num": 1}, {}, IDLE),
        ("08", {"is_online": False, "is_express": True}, {}, HOLDS),
        ("08", {"is_online": False, "is_express": False}, {}, broken("by_mail")),
        ("08", {"is_online": False}, {}, UNKNOWN),
        ("08", {"is_online": False}, {"handle_type": ("邮寄申请",)}, HOLDS),
        ("08", {"is_online": False, "is_express": True}, {"handle_type": ("窗口办理",)},
         broken("by_mail")),
        ("08", {"is_online": False, "limit_scene_num": 1}, {}, IDLE),
        ("08", {}, {}, IDLE),
        ("09", {}, {"online_handle_depth": 4}, HOLDS),
        ("09", {"limit_scene_num": 1}, {"online_handle_depth": 4}, broken("visits")),
        ("09", {"limit_scene_num": 1}, {"online_handle_depth": 3}, IDLE),
        ("09", {"limit_scene_num": 1}, {}, UNKNOWN),
        ("09", {"limit_scene_num": 1, "is_online": False}, {}, IDLE),
        ("15", {"task_type": "21"}, {"faq": 0}, IDLE),
        ("16", {"task_type": "21"}, {"stages": ()}, IDLE),
    ],
)  # fmt: skip
def test_rules_over_visits_channels_and_kinds(
    rule: str, facts: dict[str, Any], declared: dict[str, Any], wanted: Any
) -> None:
    assert judged(rule, item(**facts), **declared) == wanted


@pytest.mark.parametrize(
    ("consult", "complain", "region", "wanted"),
    [
        (("020-12345678",), ("020-87654321",), "440000", HOLDS),
        (("020-12345",), ("12333",), "440000", HOLDS),
        (("95598",), ("400-1234-567",), "440000", HOLDS),
        (("0755-12345678",), ("020-87654321",), "440000", HOLDS),
        (("0755-12345678",), ("0755-87654321-2",), "440300", HOLDS),
        (("020-12345678",), ("0755-87654321",), "440300", broken("foreign_area")),
        (("87654321",), ("020-87654322",), "440100", broken("area_code")),
        (("020-12345",), ("020-12345",), "440000", broken("same")),
        (("020-12345", "020-12345678"), ("020-12345",), "440000", HOLDS),
        ((), ("020-12345",), "440000", broken("consult_missing")),
        ((), (), "440000", broken("consult_missing", "complain_missing")),
    ],
)
def test_phones_are_there_differ_and_can_be_rung_from_elsewhere(
    consult: tuple[str, ...], complain: tuple[str, ...], region: str, wanted: Any
) -> None:
    facts = {"consult_phone": consult, "complain_phone": complain, "region_code": region}
    assert judged("12", item(**facts)) == wanted


@pytest.mark.parametrize(
    ("served", "themes", "wanted"),
    [
        (("person",), ("household",), HOLDS),
        (("person", "company"), ("household", "tax"), HOLDS),
        (("company",), ("pledges",), HOLDS),
        (("company",), ("household",), broken("no_corporate_topic", "person_topic")),
        (("person",), ("pledges",), broken("no_person_topic", "corporate_topic")),
        (("person", "company"), ("household",), broken("no_corporate_topic")),
        (("person",), ("establishment",), HOLDS),
        (("person",), ("other",), UNKNOWN),
        (("person",), (), UNKNOWN),
        ((), ("household",), UNKNOWN),
    ],
)
def test_themes_and_recipients_are_two_equivalences_not_a_parity(
    served: tuple[str, ...], themes: tuple[str, ...], wanted: Any
) -> None:
    assert judged("14", item(server_type=served, topic_type=themes)) == wanted


def test_every_rule_and_cause_is_said_in_both_languages() -> None:
    from pengcheng.domains.services.rules import lints

    rules = lints.rules()
    assert list(rules) == [f"{number:02}" for number in range(1, 18)]
    for rule in rules.values():
        for said in (rule.title, rule.why, rule.todo, *rule.causes.values()):
            assert said.zh
            assert said.en


def test_another_city_sets_its_own_area_code_and_stages() -> None:
    from pengcheng.domains.services.rules import lints
    from pengcheng.domains.services.rules.lints_checks import Settings

    tables = lints._tables()
    here = Settings({**tables, "area_codes": {"3303": "0577"}})
    wenzhou = item(region_code="330300", complain_phone=("0577-88881111",))
    found = {one.rule: one for one in lints.judge(wenzhou, here)}["12"]
    assert found.causes == ("foreign_area",)


# --- the real catalogue -----------------------------------------------------------------


@pytest.fixture
def official(plain_city: Any, db: None) -> Client:
    return people.signed_in(people.holder("official"))


def lints_of(client: Client, path: str = "", **query: Any) -> Any:
    return client.get(f"/api/v1/services/items{path}/lints", query)


def test_the_real_items_under_the_rules(official: Client) -> None:
    body = lints_of(official).json()
    counts = {one["rule"]["id"]: one for one in body["rules"]}
    assert body["items"] == 2262
    assert (counts["14"]["broken"], counts["12"]["broken"], counts["08"]["broken"]) == (
        368,
        329,
        51,
    )
    assert sum(one["broken"] for one in body["rules"]) == 748
    assert body["items_broken"] == body["total"] == 716
    for one in body["rules"]:
        assert one["broken"] + one["holds"] + one["unknown"] + one["idle"] == 2262


def test_the_worst_comes_first_for_rules_items_and_departments(official: Client) -> None:
    body = lints_of(official, size=100).json()
    broken = [one["broken"] for one in body["rules"]]
    assert broken == sorted(broken, reverse=True)
    marred = [one["items_broken"] for one in body["departments"]]
    assert marred == sorted(marred, reverse=True)
    assert sum(marred) == body["items_broken"]
    assert body["findings"][0]["broken"][0]["rule"] in {"08", "12"}


def test_phones_are_counted_as_a_plain_reading_of_the_rows_counts_them(
    whole_shipment: Any, official: Client
) -> None:
    """Same-number breaches counted from the raw rows by string comparison alone."""
    same = sum(
        row["consult_phone"] == row["complain_phone"] and row["consult_phone"][:4] == "020-"
        for row in whole_shipment.rows
    )
    found = lints_of(official, rule="12", size=100)
    pages = found.json()["pages"]
    causes = [
        breach["causes"]
        for number in range(1, pages + 1)
        for one in lints_of(official, rule="12", size=100, page=number).json()["findings"]
        for breach in one["broken"]
        if breach["rule"] == "12"
    ]
    assert 0 < same <= sum("same" in cause for cause in causes)


def test_filters_meet_in_one_breach(official: Client) -> None:
    assert lints_of(official, rule="08").json()["total"] == 51
    assert lints_of(official, rule="08", severity="hint").json()["total"] == 0
    worst = lints_of(official).json()["departments"][0]
    code = worst["department"]["code"]
    assert lints_of(official, department=code).json()["total"] == worst["items_broken"]
    assert lints_of(official, rule="99").json()["total"] == 0


def test_one_item_under_all_rules(official: Client) -> None:
    body = lints_of(official, f"/{scenes.VISIT}").json()
    assert [one["rule"] for one in body["judgements"]] == [f"{n:02}" for n in range(1, 18)]
    assert lints_of(official, "/NOPE").status_code == 404
    assert lints_of(official, severity="loud").status_code == 422


def test_the_page_lists_links_pages_and_explains_the_chosen_rule(official: Client) -> None:
    answer = official.get("/workbench/items/", {"rule": "12", "page": "2"})
    text = answer.content.decode()
    assert len(answer.context["rows"]) == 20
    assert f"/services/{answer.context['rows'][0]['item'].task_code}/" in text
    assert "投诉不应由被投诉的窗口接听" in text
    assert "gdzwfw.gov.cn" in text


@pytest.mark.parametrize("page", ["0", "x", "99999", "-3"])
def test_odd_page_numbers_still_show_a_page(official: Client, page: str) -> None:
    assert official.get("/workbench/items/", {"page": page}).context["rows"]


def test_nothing_found_is_said_with_a_way_back(official: Client) -> None:
    answer = official.get("/workbench/items/", {"rule": "01", "lang": "en"}, follow=True)
    assert "No item breaks this" in answer.content.decode()


def test_nonsense_in_a_filter_filters_nothing(official: Client) -> None:
    answer = official.get("/workbench/items/", {"rule": "<script>", "severity": "error"})
    assert "<script>" not in answer.content.decode()
    assert answer.context["found"].total == lints_of(official, severity="error").json()["total"]


def test_the_csv_holds_every_breach_asked_for(official: Client) -> None:
    answer = official.get("/workbench/items/export.csv", {"rule": "08"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert sum(line[3] == "08" for line in lines) == 51
    assert {len(line) for line in lines} == {7}
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("path", ["/workbench/items/", "/workbench/items/export.csv"])
def test_only_officials_look_in(plain_city: Any, db: None, path: str) -> None:
    assert Client().get(path).status_code in {302, 403}
    citizen = people.signed_in(people.holder("citizen"))
    assert citizen.get(path).status_code == 403
    assert lints_of(citizen).status_code == 403
    assert people.signed_in(people.holder("steward")).get(path).status_code == 200
