"""The published schemas, judged by a validator that none of us wrote."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from pengcheng.kit.forms import schema
from pengcheng.kit.forms.answers import Answer, Filling
from pengcheng.kit.forms.definition import FormError, load
from tests.kit.forms.test_feel_in_forms import FAMILY, TODAY, said, text

FORMS = schema.of_definitions()


def shipped() -> list[Any]:
    folder = files("pengcheng.domains.services").joinpath("data", "forms")
    return sorted((one for one in folder.iterdir() if one.name.endswith(".json")), key=str)


def test_the_schemas_are_schemas() -> None:
    jsonschema_rs.meta.validate(FORMS)
    jsonschema_rs.meta.validate(schema.of_answers(FAMILY))


def test_every_form_that_is_shipped_fits_the_schema() -> None:
    validator = jsonschema_rs.validator_for(FORMS)
    for one in shipped():
        data = one.read_bytes()
        validator.validate(json.loads(data))
        jsonschema_rs.meta.validate(schema.of_answers(load(data)))


def test_a_form_survives_being_written() -> None:
    for one in shipped():
        form = load(one.read_bytes())
        assert load(form.encoded()) == form


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"id": "f", "title": text("f")},
        {"id": "f", "title": text("f"), "pages": [{"id": "p"}]},
        {"id": 7, "title": text("f"), "pages": []},
        {"id": "f", "title": text("f"), "pages": [], "colour": "red"},
    ],
)
def test_schema_and_reader_refuse_the_same(wrong: dict[str, Any]) -> None:
    assert not jsonschema_rs.is_valid(FORMS, wrong)
    with pytest.raises(FormError):
        load(msgspec.json.encode(wrong))


def test_what_a_form_brings_in_fits_its_schema() -> None:
    told = {
        "born": "1990-01-01",
        "has-children": "yes",
        "children__1__first-name": "小明",
        "children__1__age": "7",
        "children__1__school": "",
        "bus": "no",
        "wage": "100.00",
    }
    brought = schema.exported(Filling(FAMILY, said(**told), TODAY))
    assert brought["children"] == [{"first-name": "小明", "age": 7}]
    assert brought["bus"] is False
    jsonschema_rs.validate(schema.of_answers(FAMILY), brought)


@pytest.mark.parametrize(
    "wrong", [{"children": {}}, {"born": "yesterday" * 3, "x": 1}, {"children": [{"age": "7"}]}]
)
def test_what_no_form_brings_in_does_not_fit(wrong: dict[str, Any]) -> None:
    whole = schema.exported(Filling(FAMILY, said(born="1990-01-01"), TODAY))
    assert not jsonschema_rs.is_valid(schema.of_answers(FAMILY), {**whole, **wrong})


def test_an_answer_that_does_not_apply_is_not_exported() -> None:
    answers = {"has-children": Answer(value="no"), "children.1.age": Answer(value="3")}
    assert "children" not in schema.exported(Filling(FAMILY, answers, TODAY))
