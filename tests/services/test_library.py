"""The built items: every rule is reached, every border stands where the item's text puts it."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pengcheng.domains.casework.contracts import State, Step
from pengcheng.domains.services import api
from pengcheng.domains.services.rules import decisions, library, origins, sheets
from pengcheng.domains.services.rules.vocabulary import data_bytes
from pengcheng.kernel import clock
from pengcheng.kit.forms.answers import Answer
from tests.services import scenes
from tests.support import people
from tools.inspect import library as inspection

FOLDER = Path(__file__).parent / "tables"
TABLES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.toml")}
CODES = {form.id: code for code, form in sheets.own_forms().items()}
TODAY = datetime(2026, 11, 22, 4, tzinfo=UTC)
SHIPPED = {
    row["form"]: row["way"] for row in tomllib.loads(data_bytes("library.toml").decode())["item"]
}
INSTANT = sorted(id for id, way in SHIPPED.items() if way == "instant")
HUMAN = sorted(id for id, way in SHIPPED.items() if way == "human")


def told(name: str, change: dict[str, Any]) -> dict[str, Answer]:
    merged = {**TABLES[name]["answers"], **change}
    kept = {id: tuple(v) if isinstance(v, list) else v for id, v in merged.items() if v}
    return {id: Answer(value=value) for id, value in kept.items()}


def test_the_library_is_whole() -> None:
    assert inspection.check(Path(__file__).parents[2]) == []


def test_a_broken_item_is_found() -> None:
    rule = {"id": "made-up", "zh": "没有依据", "en": "", "source": "原文没有的话"}
    assert list(inspection._words(rule, "原文")) == [
        "rule made-up: words are missing in one language",
        "rule made-up: the item does not say '原文没有的话'",
    ]
    assert list(inspection._inputs({"pages": []}, {"Age": "age:birthday", "Sum": "sum:x"})) == [
        "input Age: the form does not ask 'birthday'",
        "input Sum: no such origin as sum:x",
    ]


def test_there_are_as_many_built_items_as_promised() -> None:
    assert len(INSTANT) >= 12
    assert len(HUMAN) >= 8
    assert sum(bool(library.entry(id).step) for id in HUMAN) >= 8
    assert {*INSTANT, *HUMAN} <= set(CODES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_each_case_is_decided_by_the_rule_that_fits(name: str, whole_city: Any) -> None:
    with clock.frozen(TODAY):
        for case in TABLES[name]["case"]:
            concluded = api.what_rules_say(
                code=CODES[name], answers=told(name, case.get("change", {}))
            )
            assert concluded.rule.id == case["rule"], case


@pytest.mark.parametrize("name", sorted(TABLES))
def test_each_rule_is_reached_by_some_case(name: str) -> None:
    reached = {case["rule"] for case in TABLES[name]["case"]}
    assert reached == {rule.id for rule in decisions.table(name).rule}


def test_every_table_has_cases() -> None:
    forms = sheets.own_forms().values()
    built = [form for form in forms if form.id in SHIPPED or form.id.startswith("outreach-")]
    assert {form.decision for form in built if form.decision} == {*TABLES}


@pytest.mark.parametrize("name", INSTANT)
def test_forms_ask_all_that_the_granted_answers_need(name: str) -> None:
    """The answers of the first case are complete: nothing else is asked, nothing missing."""
    form = sheets.own_forms()[CODES[name]]
    asked = {question.id for question in form.questions()}
    assert {*TABLES[name]["answers"]} <= asked
    required = {
        q.id for page in form.pages[1:-1] if not page.when for q in page.questions if q.required
    }
    assert required <= {*TABLES[name]["answers"]}


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("name", ["guard-first", "marriage-booking", "resident-card-renewal"])
def test_an_item_of_the_library_is_decided_through_the_door(name: str) -> None:
    """Granted, and refused with the rule named and the way to appeal open."""
    chen = people.context_of(people.holder("citizen"))
    table = decisions.table(name)
    with clock.frozen(TODAY):
        for case in TABLES[name]["case"]:
            if case["rule"] not in {table.rule[0].id, table.rule[-1].id}:
                continue
            applied = scenes.applied(chen, CODES[name], told(name, case.get("change", {})))
            case_view, history = api.get_matter(context=chen, case_id=applied.case_id)
            fired = [line for line in history[-1].trace if line.matched]
            if applied.outcome is None:
                assert case_view.state is State.SUBMITTED
                continue
            assert [line.rule for line in fired] == [case["rule"]]
            assert (Step.APPEAL in case_view.steps) == (applied.outcome == "refused")


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_a_human_item_says_what_the_check_found_and_waits_for_people() -> None:
    chen = people.context_of(people.holder("citizen"))
    with clock.frozen(TODAY):
        applied = scenes.applied(chen, CODES["startup-grant"], told("startup-grant", {"rank": "4"}))
    assert applied.outcome is None
    assert "名次" in applied.reason_zh
    case, _history = api.get_matter(context=chen, case_id=applied.case_id)
    assert case.state is State.SUBMITTED


def test_a_rule_of_our_own_says_so_in_both_languages() -> None:
    rules = {rule.id: rule for rule in decisions.table("marriage-booking").rule}
    assert rules["too-far"].zh.endswith("（演示规则）")
    assert rules["too-far"].en.endswith("(demo rule)")
    assert not rules["his-age"].zh.endswith("（演示规则）")
    assert rules["his-age"].source


# --- measures ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        ("2004-02-29", "2022-02-28", 17),
        ("2004-02-29", "2022-03-01", 18),
        ("2004-02-29", "2024-02-29", 20),
        ("2004-11-22", "2026-11-21", 21),
        ("2004-11-22", "2026-11-22", 22),
    ],
)
def test_years_are_counted_as_birthdays_are(born: str, today: str, years: int) -> None:
    assert origins.whole_years(date.fromisoformat(born), date.fromisoformat(today)) == years


@pytest.mark.parametrize(
    ("since", "today", "months"),
    [
        ("2026-05-22", "2026-11-22", 6),
        ("2026-05-23", "2026-11-22", 5),
        ("2025-08-31", "2026-02-28", 5),
        ("2026-11-22", "2026-11-22", 0),
    ],
)
def test_months_are_whole(since: str, today: str, months: int) -> None:
    assert origins.whole_months(date.fromisoformat(since), date.fromisoformat(today)) == months


@pytest.mark.parametrize("origin", ["age:q", "date:q", "number:q", "days_past:60:q"])
def test_nonsense_is_no_fact(origin: str) -> None:
    today = date(2026, 11, 22)
    assert origins.fact(origin, {"q": Answer(value="gestern")}, today) is None
    assert origins.fact(origin, {}, today) is None
