"""Conditions, checks and computed values are FEEL over typed answers; groups are lists of them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pengcheng.kit.forms.answers import Answer, Filling
from pengcheng.kit.forms.definition import Definition, FormError, load

TODAY = date(2026, 11, 22)


def text(word: str) -> dict[str, str]:
    return {"zh": word, "en": word}


def ask(id: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": kind, "label": text(id), **more}


def page(id: str, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id, "title": text(id), "questions": list(questions), **more}


def form(*pages: dict[str, Any], **more: Any) -> Definition:
    return load(json.dumps({"id": "f", "title": text("f"), "pages": pages, **more}).encode())


def said(**values: Any) -> dict[str, Answer]:
    return {key.replace("__", "."): Answer(value=value) for key, value in values.items()}


def filled(definition: Definition, **values: Any) -> Filling:
    return Filling(definition, said(**values), TODAY)


FAMILY = form(
    page("you", ask("born", "date"), ask("has-children", "yesno")),
    page(
        "children",
        ask("first-name"),
        ask("age", "integer"),
        ask("school", when="age >= 6", required=False),
        when="has-children",
        repeat={"item": text("Child"), "minimum": 1, "maximum": 3},
    ),
    page("school", ask("bus", "yesno"), when="some c in children satisfies c.age >= 6"),
    page(
        "money",
        ask("wage", "money", required="count(children) > 1"),
        ask("each", "computed", formula="wage / count(children)", shown_as="money"),
    ),
)


def children(first: str, *, second: str, age: str) -> dict[str, str]:
    told = {"has-children": "yes", "children__1__age": first}
    return {**told, f"children__{second}__age": age}


@pytest.mark.parametrize(
    ("kind", "stored", "expression"),
    [
        ("number", "1.50", "x + 1 = 2.5"),
        ("integer", "7", "x = 7"),
        ("money", "10.00", "x > 9.99"),
        ("date", "2000-02-29", 'x + duration("P1D") = date("2000-03-01")'),
        ("month", "2026-11", "x.month = 11"),
        ("yesno", "no", "x = false"),
        ("declaration", "yes", "x"),
        ("file", "a.pdf", "x"),
        ("text", "ab", "string length(x) = 2"),
        ("resident_id", "11010519491231002X", 'substring(x, 7, 4) = "1949"'),
        ("choices", ("a", "b"), 'list contains(x, "b") and count(x) = 2'),
        ("address", ("futian", "1"), 'x.area = "futian"'),
        ("number", "many", "x = null"),
        ("date", "2000-02-30", "x = null"),
    ],
)
def test_an_answer_has_the_type_of_its_question(kind: str, stored: Any, expression: str) -> None:
    options = [{"value": v, "label": text(v)} for v in ("a", "b")]
    made = form(page("p", ask("x", kind, options=options)), page("q", ask("y"), when=expression))
    assert [one.id for one in filled(made, x=stored).pages()] == ["p", "q"]
    assert filled(made).values["x"] is None


def test_a_group_is_a_list_and_later_pages_look_into_it() -> None:
    one = filled(FAMILY, **{"has-children": "yes", "children__1__age": "5"})
    assert [p.id for p in one.pages()] == ["you", "children", "money"]
    two = filled(
        FAMILY, **{"has-children": "yes", "children__1__age": "5", "children__4__age": "6"}
    )
    assert [p.id for p in two.pages()] == ["you", "children", "school", "money"]
    assert [child["age"] for child in two.values["children"]] == [Decimal(5), Decimal(6)]
    assert two.rows(two.pages()[1]) == (1, 4)
    assert two.next_row(two.pages()[1]) == 5


def test_each_member_has_its_own_questions() -> None:
    family = filled(
        FAMILY, **{"has-children": "yes", "children__1__age": "5", "children__2__age": "6"}
    )
    group = family.pages()[1]
    asked = [[q.id for q in family.asked(group, row)] for row in (1, 2, 3)]
    assert asked == [["first-name", "age"], ["first-name", "age", "school"], ["first-name", "age"]]


def test_a_group_with_too_few_members_is_a_gap() -> None:
    gaps = filled(FAMILY, born="2000-01-01", **{"has-children": "yes"}).gaps()
    assert [gap.key for gap in gaps] == ["children"]


def test_what_is_missing_in_a_member_is_named_with_its_row() -> None:
    gaps = filled(FAMILY, **{"has-children": "yes", "children__2__age": "3"}).gaps()
    assert "children.2.first-name" in [gap.key for gap in gaps]


def test_an_answer_can_be_needed_by_a_condition() -> None:
    children = {"has-children": "yes", "children__1__age": "1"}
    assert "wage" not in [gap.key for gap in filled(FAMILY, **children).gaps()]
    children["children__2__age"] = "2"
    assert "wage" in [gap.key for gap in filled(FAMILY, **children).gaps()]


def test_a_computed_value_goes_into_the_case_with_the_grade_of_its_weakest_source() -> None:
    answers = said(**{"has-children": "yes", "children__1__age": "1", "children__2__age": "2"})
    answers["wage"] = Answer(value="100.00", source="tax", trust="A")
    kept = Filling(FAMILY, answers, TODAY).applying()
    assert (kept["each"].value, kept["each"].source, kept["each"].trust) == (
        "50.00",
        "computed",
        "D",
    )


def test_a_value_that_cannot_be_worked_out_is_empty_and_harms_nothing() -> None:
    assert filled(FAMILY, **{"has-children": "no", "wage": "1.00"}).applying()["each"].value == ""


def test_a_hidden_answer_counts_for_nothing_and_is_kept() -> None:
    made = form(
        page("a", ask("pet", "yesno")),
        page("b", ask("dog", "yesno"), when="pet"),
        page("c", ask("leash"), when="dog"),
    )
    answers = said(pet="no", dog="yes", leash="red")
    filling = Filling(made, answers, TODAY)
    assert [one.id for one in filling.pages()] == ["a"]
    assert set(filling.applying()) == {"pet"}
    assert filling.answers["leash"].value == "red"


def test_a_question_may_hang_on_an_earlier_one_of_its_page() -> None:
    made = form(page("a", ask("pet", "yesno"), ask("name", when="pet")))
    assert [gap.key for gap in filled(made, pet="yes").gaps()] == ["name"]
    assert not filled(made, pet="no").gaps()


def test_options_may_hang_on_earlier_answers() -> None:
    options = [
        {"value": "tea", "label": text("tea")},
        {"value": "wine", "label": text("wine"), "when": "age >= 18"},
    ]
    made = form(
        page("a", ask("age", "integer")), page("b", ask("drink", "choice", options=options))
    )
    drinks = [o.value for o in filled(made, age="17").asked(made.pages[1])[0].options]
    assert drinks == ["tea"]


def test_a_check_says_what_its_author_wrote() -> None:
    check = {"valid": "value < today and value > born", "message": text("not then")}
    made = form(page("a", ask("born", "date"), ask("married", "date", checks=[check])))
    wrong = filled(made, born="2000-01-01", married="1999-01-01").faults()
    assert [(fault.key, fault.message.en) for fault in wrong] == [("married", "not then")]
    assert not filled(made, born="2000-01-01", married="2020-01-01").faults()
    assert not filled(made, born="2000-01-01", married="").faults()


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        (ask("x", when="age >"), "line 1, column"),
        (ask("x", when="nothing > 3"), "'nothing'.*no earlier page"),
        (ask("x", required="x > 3"), "'x'"),
        (ask("x", "computed"), "needs a formula"),
        (ask("x", "computed", formula="later + 1"), "'later'"),
        (ask("x", checks=[{"valid": "value >", "message": text("m")}]), "line 1"),
        (ask("x", checks=[{"valid": "true", "message": {"zh": "m"}}]), "one language"),
        (ask("x", "lookup", list="none"), "no list"),
        (ask("x", pattern="("), "regular expression"),
        (ask("x", minimum=3, maximum=2), "above the maximum"),
        (ask("today"), "begins with a letter"),
        (ask("a.b"), "begins with a letter"),
        (ask("x", max_length=10**6), "characters"),
    ],
)
def test_a_wrong_question_is_refused_with_the_reason(question: dict, complaint: str) -> None:
    with pytest.raises(FormError, match=complaint):
        form(page("a", ask("age", "integer")), page("b", question))


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"repeat": {"item": text("i"), "minimum": 3, "maximum": 2}}, "from 0 to 100"),
        ({"repeat": {"item": text("i"), "maximum": 101}}, "from 0 to 100"),
        ({"repeat": {"item": text("i"), "summary": "("}}, "line 1"),
    ],
)
def test_a_wrong_group_is_refused(more: dict, complaint: str) -> None:
    with pytest.raises(FormError, match=complaint):
        form(page("g", ask("x"), **more))


def test_a_hostile_expression_ends() -> None:
    deep = "(" * 5000 + "1" + ")" * 5000
    with pytest.raises(FormError):
        form(page("a", ask("x", when=deep)))
    loop = "count(for i in 1..100000000 return i) > 1"
    assert filled(form(page("a", ask("y")), page("b", ask("x"), when=loop))).pages()[-1].id == "a"
