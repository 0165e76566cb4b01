"""A form file is checked on reading; conditions and origins of answers follow it."""

from __future__ import annotations

import json

import pytest

from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms.answers import Answer
from pengcheng.kit.forms.definition import Definition, FormError, load


def text(word: str) -> dict[str, str]:
    return {"zh": word, "en": word}


def question(id: str, kind: str = "text", **more: object) -> dict[str, object]:
    return {"id": id, "kind": kind, "label": text(id), **more}


def form(*pages: dict[str, object]) -> Definition:
    return load(json.dumps({"id": "f", "title": text("f"), "pages": pages}).encode())


def page(id: str, *questions: dict[str, object], **more: object) -> dict[str, object]:
    return {"id": id, "title": text(id), "questions": list(questions), **more}


def said(**values: str) -> dict[str, Answer]:
    return {id: Answer(value=value) for id, value in values.items()}


OPTIONS = [{"value": v, "label": text(v)} for v in ("cat", "dog")]
PETS = form(
    page("first", question("pet", "choice", options=OPTIONS)),
    page("dog", question("leash", "yesno"), when={"question": "pet", "is": "dog"}),
    page("last", question("name"), question("nick", required=False)),
)


@pytest.mark.parametrize(
    ("pages", "complaint"),
    [
        ([page("a", question("x")), page("a", question("y"))], "page a: the id is used twice"),
        ([page("a", question("x"), question("x"))], "question x: the id is used twice"),
        ([page("a", question("x")), page("b", question("x"))], "used twice"),
        ([page("a", question("x", "choice"))], "two options"),
        ([page("a", question("x"), when={"question": "later", "is": "1"})], "'later'"),
        ([page("a", question("x", when={"question": "x", "is": "1"}))], "no earlier page"),
        ([page("a", {**question("x"), "label": {"zh": "只有中文"}})], "missing in one language"),
        ([page("a", question("x", "telepathy"))], "telepathy"),
        ([page("a", question("x", colour="red"))], "colour"),
    ],
)
def test_a_wrong_form_is_refused_with_the_place_named(pages: list, complaint: str) -> None:
    with pytest.raises(FormError, match=complaint):
        form(*pages)


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(FormError):
        load(b"{")


def test_the_address_of_a_form_changes_with_any_word_of_it() -> None:
    other = form(
        page(
            "first",
            question("pet", "choice", options=[*OPTIONS, {"value": "owl", "label": text("owl")}]),
        )
    )
    assert PETS.sha256() != other.sha256()
    assert PETS.sha256() == PETS.sha256()


def test_a_page_is_asked_only_when_its_condition_holds() -> None:
    assert [one.id for one in answering.path(PETS, said(pet="cat"))] == ["first", "last"]
    assert [one.id for one in answering.path(PETS, said(pet="dog"))] == ["first", "dog", "last"]


def test_one_goes_forward_and_back_along_the_pages_that_apply() -> None:
    cat, dog = said(pet="cat"), said(pet="dog")
    assert answering.after(PETS, dog, "first").id == "dog"
    assert answering.after(PETS, cat, "first").id == "last"
    assert answering.before(PETS, cat, "last").id == "first"
    assert answering.before(PETS, cat, "first") is None
    assert answering.after(PETS, cat, "last") is None


def test_missing_answers_are_named_and_optional_ones_are_not() -> None:
    gaps = answering.missing(PETS, said(pet="dog"))
    assert [question.id for _, question in gaps] == ["leash", "name"]


def test_a_changed_mind_leaves_nothing_behind() -> None:
    answers = said(pet="cat", leash="yes", name="Mimi")
    assert set(answering.applying(PETS, answers)) == {"pet", "name"}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"question": "pet", "is": "dog"}, True),
        ({"question": "pet", "is": "cat"}, False),
        ({"question": "pet", "is": "cat", "not": True}, True),
        ({"question": "pet", "in": ["cat", "dog"]}, True),
        ({"question": "pet"}, True),
        ({"all": [{"question": "pet", "is": "dog"}, {"question": "size", "is": "big"}]}, False),
        ({"any": [{"question": "pet", "is": "cat"}, {"question": "size", "is": "small"}]}, True),
        ({"any": [{"question": "pet", "is": "cat"}], "not": True}, True),
    ],
)
def test_conditions_compare_and_join(condition: dict, holds: bool) -> None:
    sizes = [{"value": v, "label": text(v)} for v in ("small", "big")]
    made = form(
        page(
            "a",
            question("pet", "choice", options=OPTIONS),
            question("size", "choice", options=sizes),
        ),
        page("b", question("x"), when=condition),
    )
    shown = [one.id for one in answering.path(made, said(pet="dog", size="small"))]
    assert ("b" in shown) is holds


# --- where an answer comes from ---------------------------------------------------------

KNOWN = Answer(value="陈", source="account", trust="B", retrieved_at="2026-11-22T00:00:00+00:00")
NAME = next(q for q in PETS.questions() if q.id == "name")


def test_a_confirmed_answer_keeps_its_origin() -> None:
    assert answering.given(NAME, "陈", KNOWN) == KNOWN


def test_an_edited_answer_is_the_person_s_own_and_says_so() -> None:
    edited = answering.given(NAME, "程", KNOWN)
    assert (edited.source, edited.trust, edited.edited_by_user) == ("applicant", "D", True)
    assert answering.given(NAME, "成", edited).edited_by_user


def test_answers_survive_being_stored() -> None:
    answers = {"name": KNOWN, "pets": Answer(value=("cat", "dog"))}
    assert answering.read(json.loads(json.dumps(answering.write(answers)))) == answers
