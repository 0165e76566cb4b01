"""A changed rule is tried on past cases before anybody is decided by it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from pengcheng.domains.casework.api import studio
from pengcheng.domains.casework.rules.drafting import MAIN
from pengcheng.kernel import audit
from pengcheng.kernel.problems import Denied, NotFound
from pengcheng.kit.dmn.grid import InputColumn
from tests.casework.scenes import opened
from tests.casework.studio_scenes import (
    GRID,
    ITEM,
    SUN,
    begun,
    bound,
    model,
    past_case,
    published,
    saved,
)

pytestmark = pytest.mark.django_db


def tried(table=GRID, **facts):
    changed = msgspec.structs.replace(model(table), **facts)
    draft = saved(begun(), decision=changed)
    return studio.try_draft(context=SUN, draft_id=draft.id, decision=MAIN)


def from_age(limit):
    return replace(GRID, rows=(replace(GRID.rows[0], inputs=(f">= {limit}",)), GRID.rows[1]))


def test_it_says_how_many_would_change_and_shows_them_with_their_rules():
    published()
    changing = [past_case(62), past_case(60)]
    for age in (80, 70, 40):
        past_case(age)
    found = tried(from_age(60))
    assert (found.looked_at, found.compared, found.changed) == (5, 5, 2)
    assert found.shifts == (("refused · young", "granted · old", 2),)
    assert {each.reference for each in found.examples} == {case.reference for case in changing}
    example = found.examples[0]
    assert example.rules_before[0].zh == "规则2：未满六十五岁"
    assert example.rules_after[0].en == "rule 1: 65 or older"
    assert dict(example.facts) == {"age": "60"}


def test_an_unchanged_rule_changes_nothing():
    published()
    past_case(70)
    found = tried()
    assert (found.compared, found.changed, found.examples) == (1, 0, ())


def test_without_a_trace_the_answers_tell():
    published()
    past_case(62, traced=False)
    assert tried(from_age(60)).changed == 1


def test_what_nobody_kept_is_counted_and_named_instead_of_guessed():
    published()
    past_case(62, traced=False, erased_question=True)
    wider = replace(
        GRID,
        inputs=(*GRID.inputs, InputColumn(expression="district", type="string")),
        rows=tuple(replace(row, inputs=(*row.inputs, "-")) for row in GRID.rows),
    )
    found = tried(wider)
    assert (found.looked_at, found.compared, found.incomplete) == (1, 0, 1)
    assert found.missing == ("district",)  # the age was asked and left empty: that is known


def test_a_new_column_is_filled_by_what_the_model_says_about_it():
    published()
    past_case(62)
    wider = replace(
        GRID,
        inputs=(*GRID.inputs, InputColumn(expression="next year", type="number")),
        rows=(
            replace(GRID.rows[0], inputs=("-", ">= 63")),
            replace(GRID.rows[1], inputs=("-", "-")),
        ),
    )
    found = tried(wider, inputs=(bound("next year", "age + 1"),))
    assert (found.compared, found.changed) == (1, 1)
    assert dict(found.examples[0].facts)["next year"] == "63"


def test_open_cases_and_other_items_are_left_out():
    published()
    opened(item_code="OTHER")
    opened(item_code=ITEM)
    assert tried(from_age(60)).looked_at == 0


def test_it_needs_a_purpose_and_leaves_one_line_in_the_audit():
    published()
    past_case(62)
    tried(from_age(60))
    lines = [
        each
        for each in audit.entries(resource=f"definition/{ITEM}", actor="sun")
        if each.action == "casework.definition.test"
    ]
    assert [(each.purpose, each.facts["cases"], each.facts["changed"]) for each in lines] == [
        ("test", 1, 1)
    ]
    draft = begun()
    aimless = msgspec.structs.replace(SUN, purpose=None)
    with pytest.raises(Denied):
        studio.try_draft(context=aimless, draft_id=draft.id, decision=MAIN)


def test_a_decision_that_is_not_there_is_not_found():
    published()
    with pytest.raises(NotFound):
        studio.try_draft(context=SUN, draft_id=begun().id, decision=7)
