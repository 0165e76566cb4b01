"""Whatever is posted, a page answers in words, and what it keeps is of its kind."""

from __future__ import annotations

from typing import Any, get_args

import jsonschema_rs
import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kit.forms import drawing, fitting, schema
from pengcheng.kit.forms.answers import Answer, Filling
from pengcheng.kit.forms.parts import Kind
from tests.kit.forms.test_feel_in_forms import TODAY, ask, form, page, text

OPTIONS = [{"value": value, "label": text(value)} for value in ("futian", "nanshan", "yantian")]
KINDS = get_args(Kind)


def of_kind(kind: str) -> Any:
    asked = ask("x", kind, options=OPTIONS, formula="1 + 1", required=False)
    return form(page("p", asked))


FORMS = {kind: of_kind(kind) for kind in KINDS}
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "'; DROP TABLE services_draft; --",
            "\x00",
            "\u202e\ud7ff",
            "{{ 7*7 }}{% debug %}",
            "../../etc/passwd",
            "９" * 200,
            "1e308",
            "-0",
            "Infinity",
            "0x10",
            "1_000",
            "2026-02-30",
            "0000-00-00",
            "99999-01",
            "=cmd|' /C calc'!A0",
            "x" * 20_000,
            "futian",
            "福田",
        ]
    ),
)


def sent(kind: str, values: dict[str, list[str]]) -> drawing.PageForm:
    data = QueryDict(mutable=True)
    for name, each in values.items():
        data.setlist(name, each)  # the same name any number of times
    filling = Filling(FORMS[kind], {}, TODAY)
    return drawing.page_form(filling, FORMS[kind].pages[0], "en", data, {})


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(
    values=st.dictionaries(
        st.sampled_from(["x", "x-pick", "x_area", "x_detail", "y", "csrfmiddlewaretoken"]),
        st.lists(HOSTILE, max_size=4),
        max_size=4,
    )
)
def test_a_page_takes_anything_and_keeps_only_what_fits(kind: str, values: Any) -> None:
    made = sent(kind, values)
    valid = made.is_valid()
    assert str(made["x"].errors) or valid
    for key, answer in made.answers().items():
        question = FORMS[kind].pages[0].questions[0]
        assert key == "x"
        assert fitting.fits(question, answer.value), answer
        judged(kind, answer)


def judged(kind: str, answer: Answer) -> None:
    """By a validator that is not ours."""
    filling = Filling(FORMS[kind], {"x": answer}, TODAY)
    rules = schema.of_answers(FORMS[kind])
    jsonschema_rs.validate(rules, schema.exported(filling))


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_of_several_values_counts_and_none_is_an_error_page(kind: str) -> None:
    made = sent(kind, {"x": ["first", "second"], "x_area": ["futian"], "x_detail": []})
    made.is_valid()
    assert "x" in made.fields


@pytest.mark.parametrize("stored", ["", "\x00", "x" * 9000, (), ("a", "b", "c"), ("futian", "1")])
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_is_not_of_its_kind_harms_no_page(kind: str, stored: Any) -> None:
    filling = Filling(FORMS[kind], {"x": Answer(value=stored)}, TODAY)
    drawn = drawing.page_form(filling, FORMS[kind].pages[0], "zh-hans")
    assert drawn["x"].as_widget() is not None
    assert list(filling.told()) or kind == "note"
    assert isinstance(filling.summary(FORMS[kind].pages[0], 0, "en"), str)


@settings(max_examples=25, deadline=None)
@given(key=st.text(max_size=30) | st.sampled_from(["p.1.x", "p..x", "p.0.x", "p.-1.x", "p.1.x.y"]))
def test_a_key_that_the_form_does_not_have_is_not_known(key: str) -> None:
    from pengcheng.kit.forms.answers import knows

    group = form(page("p", ask("x"), repeat={"item": text("i")}), page("q", ask("y")))
    assert knows(group, key) is (key in {"y", "p.1.x"})
