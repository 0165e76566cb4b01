"""What officials publish wins over what is shipped, for new applications."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from pengcheng.domains.casework import api as casework
from pengcheng.domains.casework.api import studio
from pengcheng.domains.casework.contracts import Choice, Label, State
from pengcheng.domains.casework.rules import drafting
from pengcheng.domains.services import api
from pengcheng.domains.services.api import shipped
from pengcheng.domains.services.ops import catalogue
from pengcheng.domains.services.rules import bundles, decisions, library, sheets
from pengcheng.domains.services.rules.origins import fact, feel_of, origin_question
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import NotFound
from pengcheng.kit.dmn import grid
from pengcheng.kit.dmn.documents import typed
from pengcheng.kit.dmn.grid import Grid, InputColumn
from pengcheng.kit.feel.plain import to_python
from pengcheng.kit.forms.answers import Answer
from tests.services import scenes
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
KIND = "services.application"


@pytest.fixture
def chen() -> Any:
    return people.context_of(people.holder("citizen"))


@pytest.fixture
def sun() -> Any:
    return people.context_of(people.holder("supervisor"))


def published(sun: Any, change: Any, **more: Any) -> Any:
    """The pension certificate's table, changed in the editor and published."""
    draft = studio.begin_draft(context=sun, kind=KIND, item_code=scenes.PENSION)
    model = draft.definition.decision
    table = grid.read(model.dmn, model.name)
    body = grid.write(model.dmn, model.name, change(table))
    model = msgspec.structs.replace(model, dmn=body, **more)
    changed = studio.put_decision(definition=draft.definition, number=0, model=model)
    draft = studio.save_draft(
        context=sun,
        draft_id=draft.id,
        revision=draft.revision,
        definition=changed,
        what=Label("改", "changed"),
    )
    current = casework.current(kind=KIND, item_code=scenes.PENSION)
    return studio.publish_draft(
        context=people.context_of(people.holder("steward")),
        draft_id=draft.id,
        revision=draft.revision,
        base=current.number if current else None,
        note="试行",
    )


def lenient(table: Grid) -> Grid:
    """Who owes contributions is looked at by a person instead of being refused."""
    first = replace(table.rows[0], outputs=('"review"', table.rows[0].outputs[1]))
    return replace(table, rows=(first, *table.rows[1:]))


def test_a_published_rule_decides_new_applications_and_old_ones_stay(chen, sun) -> None:
    before = scenes.submitted(chen, scenes.PENSION, scenes.pension(arrears="yes"))
    assert before.outcome == "refused"
    version = published(sun, lenient)
    after = scenes.submitted(chen, scenes.PENSION, scenes.pension(arrears="yes"))
    assert after.outcome is None
    granted = scenes.submitted(chen, scenes.PENSION, scenes.pension())
    assert granted.outcome == "granted"
    old, _history = api.get_matter(context=chen, case_id=before.case_id)
    assert old.state == State.REFUSED
    new, history = api.get_matter(context=chen, case_id=granted.case_id)
    pinned = casework.get_definition(context=chen, sha256=new.definition)
    edited = casework.get_definition(context=chen, sha256=version.sha256)
    assert pinned.decision == edited.decision
    assert history[-1].trace[-1].rule == "grant"


def test_words_that_officials_wrote_are_what_applicants_read(chen, sun) -> None:
    scenes.submitted(chen, scenes.PENSION, scenes.pension())
    words = (Choice("arrears", Label("先缴清欠费（新）", "Pay what is owed first (new)")),)
    published(sun, lambda table: table, words=words)
    applied = scenes.submitted(chen, scenes.PENSION, scenes.pension(arrears="yes"))
    assert (applied.outcome, applied.reason_zh) == ("refused", "先缴清欠费（新）")


def test_a_new_column_reads_the_answer_of_its_name(chen, sun) -> None:
    scenes.submitted(chen, scenes.PENSION, scenes.pension())

    def only_here(table: Grid) -> Grid:
        column = InputColumn(expression="new-city", type="string")
        rows = tuple(replace(row, inputs=(*row.inputs, "-")) for row in table.rows)
        first = replace(rows[0], id="city", inputs=(*("-",) * 4, 'not("深圳市")'))
        first = replace(first, outputs=('"refused"', '"city"'))
        return replace(table, inputs=(*table.inputs, column), rows=(first, *rows))

    published(sun, only_here)
    elsewhere = scenes.submitted(chen, scenes.PENSION, scenes.pension(**{"new-city": "广州市"}))
    here = scenes.submitted(chen, scenes.PENSION, scenes.pension())
    assert (elsewhere.outcome, here.outcome) == ("refused", "granted")


def test_a_table_that_gives_no_answer_leaves_the_case_to_a_person(chen, sun) -> None:
    scenes.submitted(chen, scenes.PENSION, scenes.pension())
    published(sun, lambda table: replace(table, rows=table.rows[:1]))
    applied = scenes.submitted(chen, scenes.PENSION, scenes.pension())
    assert applied.outcome is None
    assert "由工作人员审查" in applied.reason_zh


def test_built_items_are_in_the_list_before_anybody_applied(sun) -> None:
    shipped.register_built(context=system_context("demo"))
    rows = {row.item_code: row for row in studio.list_definitions(context=sun)}
    assert rows[scenes.PENSION].version is None
    assert rows[scenes.PENSION].decisions == 1
    draft = studio.begin_draft(context=sun, kind=KIND, item_code=scenes.PENSION)
    assert draft.faults == ()
    inputs = {each.name: each.feel for each in draft.definition.decision.inputs}
    assert inputs["Arrears"] == "arrears"
    published(sun, lenient)
    shipped.register_built(context=system_context("demo"))
    assert casework.current(kind=KIND, item_code=scenes.PENSION).number == 1


def built() -> list[tuple[str, Any]]:
    """Item code and form of everything in the library."""
    return [(c, form) for c, form in sheets.own_forms().items() if form.id in library.entries()]


def test_what_is_shipped_can_be_published_as_it_is() -> None:
    """No shipped definition has a fault that an editor would stumble over."""
    found = {}
    for code, form in built():
        table = decisions.table(form.decision) if form.decision else None
        with suppress(NotFound):  # not in the small catalogue of the tests
            bundle = bundles.bundle(catalogue.item(code), form, table)
            found[form.id] = drafting.faults(bundle)
    assert len(found) >= 20
    assert {name: faults for name, faults in found.items() if faults} == {}


SAMPLES = {
    "answer": "yes",
    "given": "x",
    "number": "3",
    "date": "2024-05-31",
    "days_until": "2027-01-15",
    "age": "1966-11-22",
    "years_since": "2020-11-23",
    "months_since": "2026-02-21",
    "days_past": "1966-03-05",
}
TODAY = date(2026, 11, 22)


def test_what_editors_see_of_an_input_is_what_the_program_reads() -> None:
    """Each origin of each shipped table beside its FEEL, over the same answers."""
    tables = [decisions.table(form.decision) for _code, form in built() if form.decision]
    assert len(tables) >= 15
    for table in tables:
        model = decisions.loaded(table.sha256, table.dmn)
        kinds = {node.name: node.type for node, _prefix in model.input_nodes()}
        for name, origin in table.inputs.items():
            question, value = origin_question(origin), SAMPLES.get(origin.split(":")[0], "")
            read = fact(origin, {question: Answer(value=value)}, TODAY)
            names = {question: value, "today": TODAY}
            found = to_python(typed(decisions.worked_out(feel_of(origin), names), kinds[name]))
            assert found == read, (table.name, name, origin)
