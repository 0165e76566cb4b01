"""What registers know is confirmed, not typed; it is read again and cannot be forged."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pengcheng.kit.forms import drawing
from pengcheng.kit.forms.answers import Answer, Filling
from pengcheng.kit.forms.definition import FormError, Text
from pengcheng.kit.forms.facts import Fact, RegisterDown, refreshed
from tests.kit.forms.test_feel_in_forms import ask, form, page

TODAY = date(2026, 11, 22)
TITLE = Text("登记", "Register")


class Register:
    """A register of this test: a value, nothing, or silence."""

    def __init__(self, **values: str | None) -> None:
        self.values, self.down = values, False

    def read(self, registry: str, attribute: str) -> Fact | None:
        if self.down:
            raise RegisterDown(registry, TITLE)
        value = self.values.get(attribute)
        return None if value is None else Fact(value=value, source=TITLE, retrieved_at="now")


def bound(kind: str = "text", **more: Any) -> Any:
    binding = {"registry": "r", "attribute": "x", **more}
    options = [{"value": v, "label": {"zh": v, "en": v}} for v in ("a", "b")]
    return form(page("p", ask("x", kind, binding=binding, options=options)))


def known(definition: Any, register: Register, **answers: Answer) -> Any:
    return refreshed(Filling(definition, answers, TODAY), register)


def drawn(definition: Any, answers: dict, data: dict | None = None) -> Any:
    filling = Filling(definition, answers, TODAY)
    return drawing.page_form(filling, definition.pages[0], "en", data)


def test_a_fact_is_fetched_and_waits_to_be_confirmed() -> None:
    found = known(bound(), Register(x="Chen"))
    answer = found.answers["x"]
    assert (answer.value, answer.source, answer.trust, answer.record) == ("Chen", "r", "A", "Chen")
    assert answer.label == TITLE
    gap = Filling(bound(), found.answers, TODAY).gaps()
    assert [(one.key, one.unseen) for one in gap] == [("x", True)]


def test_confirming_is_sending_the_page_and_a_crafted_value_is_not_looked_at() -> None:
    definition = bound(lock=True)
    answers = known(definition, Register(x="Chen")).answers
    sent = drawn(definition, answers, {"x": "Mallory"})
    assert sent.is_valid()
    kept = sent.answers()["x"]
    assert (kept.value, kept.unseen, kept.edited_by_user) == ("Chen", False, False)


def test_a_locked_answer_that_was_planted_is_replaced_by_the_register() -> None:
    planted = Answer(value="Mallory")
    found = known(bound(lock=True), Register(x="Chen"), x=planted)
    assert found.answers["x"].value == "Chen"
    assert found.changed == ("x",)


def test_an_answer_of_ones_own_stays_with_the_record_beside_it() -> None:
    found = known(bound(trust="B"), Register(x="Chen"), x=Answer(value="Cheng"))
    assert (found.answers["x"].value, found.answers["x"].record) == ("Cheng", "Chen")
    assert found.answers["x"].trust == "D"
    assert not found.changed


def test_a_disputed_answer_stays_even_when_locked() -> None:
    disputed = Answer(value="Cheng", correction="case")
    found = known(bound(lock=True), Register(x="Chen"), x=disputed)
    assert (found.answers["x"].value, found.answers["x"].record) == ("Cheng", "Chen")


def test_once_the_register_agrees_the_answer_is_its_own() -> None:
    disputed = Answer(value="Cheng", correction="case")
    answer = known(bound(lock=True), Register(x="Cheng"), x=disputed).answers["x"]
    assert (answer.source, answer.trust, answer.unseen) == ("r", "A", False)


def test_what_the_register_changed_must_be_looked_at_again() -> None:
    confirmed = Answer(value="Chen", source="r", trust="A")
    found = known(bound(), Register(x="Chan"), x=confirmed)
    assert (found.answers["x"].value, found.changed) == ("Chan", ("x",))
    assert found.answers["x"].unseen


def test_what_the_register_struck_out_is_gone() -> None:
    found = known(bound(), Register(), x=Answer(value="Chen", source="r", trust="A"))
    assert "x" not in found.answers
    assert found.changed == ("x",)


@pytest.mark.parametrize("nothing", [None, "", "   "])
@pytest.mark.parametrize("lock", [True, False])
def test_a_null_is_asked_even_in_a_locked_field(nothing: str | None, lock: bool) -> None:
    definition = bound(lock=lock)
    found = known(definition, Register(x=nothing))
    assert "x" not in found.answers
    sent = drawn(definition, found.answers, {"x": "Chen"})
    assert sent.is_valid()
    typed = sent.answers()["x"]
    assert (typed.value, typed.trust) == ("Chen", "D")
    assert known(definition, Register(x=nothing), x=typed).answers["x"] == typed


def test_a_null_that_may_not_be_asked_blocks() -> None:
    definition = bound(on_missing="block")
    assert [gap.key for gap in Filling(definition, {}, TODAY).gaps()] == ["x"]
    sent = drawn(definition, {}, {"x": "Mallory"})
    assert sent.is_valid()
    assert "x" not in sent.answers()
    assert "x" not in known(definition, Register(), x=Answer(value="Mallory")).answers


def test_a_null_may_be_left_to_the_counter() -> None:
    found = known(bound(on_missing="counter"), Register())
    assert found.answers["x"].waits == "counter"
    assert not Filling(bound(on_missing="counter"), found.answers, TODAY).gaps()


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("date", "1990/03/07", "1990-03-07"),
        ("mobile", "138 0000 0000", "13800000000"),
        ("resident_id", "11010519491231002x", "11010519491231002X"),
        ("money", "1,000", "1000.00"),
        ("choice", "b", "b"),
    ],
)
def test_facts_come_in_the_canonical_form_of_their_kind(kind: str, said: str, kept: str) -> None:
    assert known(bound(kind), Register(x=said)).answers["x"].value == kept


@pytest.mark.parametrize(("kind", "said"), [("date", "unknown"), ("choice", "z"), ("mobile", "1")])
def test_a_fact_that_is_not_of_its_kind_is_none(kind: str, said: str) -> None:
    assert "x" not in known(bound(kind), Register(x=said)).answers


def test_a_silent_register_lets_one_go_on() -> None:
    register = Register(x="Chen")
    register.down = True
    open_found = known(bound(), register)
    assert open_found.down == (TITLE,)
    assert "x" not in open_found.answers
    locked = known(bound(lock=True), register)
    assert locked.answers["x"].waits == "register"
    assert not Filling(bound(lock=True), locked.answers, TODAY).gaps()
    widget = drawn(bound(lock=True), locked.answers).fields["x"].widget
    assert widget.own_facts(None)["text"]
    register.down = False
    assert known(bound(lock=True), register, **locked.answers).answers["x"].value == "Chen"


def test_a_weaker_grade_of_either_side_counts() -> None:
    assert known(bound(trust="B"), Register(x="Chen")).answers["x"].trust == "B"


def test_a_fact_in_a_step_that_is_skipped_is_not_fetched() -> None:
    binding = {"registry": "r", "attribute": "x"}
    made = form(page("a", ask("go", "yesno")), page("b", ask("x", binding=binding), when="go"))
    assert not refreshed(Filling(made, {}, TODAY), Register(x="Chen")).answers


def test_a_group_cannot_be_bound() -> None:
    binding = {"registry": "r", "attribute": "x"}
    with pytest.raises(FormError, match="in a group"):
        form(page("g", ask("x", binding=binding), repeat={"item": {"zh": "项", "en": "i"}}))
