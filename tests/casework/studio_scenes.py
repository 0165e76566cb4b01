"""An item with a process and a rule, and past cases of it, for the editors' tests."""

from __future__ import annotations

import hashlib
from itertools import count

import msgspec

from pengcheng.domains.casework import api
from pengcheng.domains.casework.api import studio
from pengcheng.domains.casework.contracts import (
    ONE_WINDOW,
    Answer,
    Binding,
    Case,
    Choice,
    DecisionModel,
    Definition,
    FormField,
    Label,
    Process,
    ProcessStep,
    RuleDecision,
    Submission,
    TraceLine,
    Version,
)
from pengcheng.domains.casework.contracts.studio import Draft
from pengcheng.kernel.context import Actor, Context
from pengcheng.kit.dmn import grid
from pengcheng.kit.dmn.grid import Grid, InputColumn, OutputColumn, Row
from tests.casework.scenes import CHEN, RULES, definition

KIND, ITEM = "services.application", "STUDIO-1"
DECISION = "Senior card"
KEYS = count(1)


def editor(name: str = "sun", role: str = "supervisor") -> Context:
    actor = Actor(id=name, kind="official", name=f"{name}（虚构）", roles=frozenset({role}))
    return Context(actor=actor, purpose="test")


SUN = editor()
LI = editor("li", "steward")
GRID = Grid(
    policy="FIRST",
    inputs=(InputColumn(id="i1", expression="age", type="number"),),
    outputs=(
        OutputColumn(id="o1", name="outcome", type="string"),
        OutputColumn(id="o2", name="rule", type="string"),
    ),
    rows=(
        Row(id="old", inputs=(">= 65",), outputs=('"granted"', '"old"')),
        Row(id="young", inputs=("-",), outputs=('"refused"', '"young"')),
    ),
)


def dmn_of(table: Grid = GRID) -> bytes:
    return grid.write(grid.new_model(DECISION), DECISION, table)


def model(table: Grid = GRID) -> DecisionModel:
    body = dmn_of(table)
    words = (
        Choice("old", Label("年满六十五岁", "65 or older")),
        Choice("young", Label("未满六十五岁", "Younger than 65")),
    )
    return DecisionModel(
        name=DECISION, sha256=hashlib.sha256(body).hexdigest(), dmn=body, words=words
    )


STEPS = (
    ProcessStep(
        id="check",
        label=Label("初审", "First check"),
        group=ONE_WINDOW,
        days=3,
        outcomes=(Choice("agree", Label("同意", "Agree")),),
    ),
    ProcessStep(
        id="visit",
        label=Label("上门核实", "Home visit"),
        group=ONE_WINDOW,
        office=Label("街道办（虚构）", "Sub-district office (invented)"),
        days=5,
        warn_days=2,
        after=("check",),
        when="age > 80",
    ),
)


def bundle(**changes: object) -> Definition:
    base = definition(
        item_code=ITEM,
        title=Label("敬老优待证（虚构事项）", "Senior card (invented)"),
        form=(FormField(key="age", label=Label("年龄", "Age"), kind="number"),),
        decision=model(),
        process=Process(STEPS),
    )
    return msgspec.structs.replace(base, **changes)


def published(**changes: object) -> Version:
    return api.publish(context=RULES, definition=bundle(**changes), note="shipped")


def begun() -> Draft:
    return studio.begin_draft(context=SUN, kind=KIND, item_code=ITEM)


def saved(draft: Draft, by: Context = SUN, **changes: object) -> Draft:
    return studio.save_draft(
        context=by,
        draft_id=draft.id,
        revision=draft.revision,
        definition=msgspec.structs.replace(draft.definition, **changes),
        what=Label("修改", "Changed"),
    )


def past_case(age: int, *, traced: bool = True, erased_question: bool = False) -> Case:
    """A case of the item decided by its rule; without a trace, only the answer tells the age."""
    version = api.current(kind=KIND, item_code=ITEM)
    assert version is not None
    key = "other" if erased_question else "age"
    answer = Answer(key=key, label=Label("年龄", "Age"), value=str(age), fact=age)
    receipt = api.open_case(
        context=CHEN,
        definition=version.sha256,
        submission=Submission(answers=(answer,)),
        idempotency_key=f"studio-key-{next(KEYS)}",
    )
    rule = "old" if age >= 65 else "young"
    facts = {"age": str(age)} if traced else {}
    decision = RuleDecision(
        outcome="granted" if age >= 65 else "refused",
        reason=Label("规则", "rule"),
        model_sha256=model().sha256,
        trace=(TraceLine(rule=rule, text=Label("规则", "rule"), matched=True, facts=facts),),
    )
    return api.decide_by_rule(context=RULES, case_id=receipt.case.id, decision=decision)


def bound(name: str, feel: str) -> Binding:
    return Binding(name, feel)


def retitled(draft: Draft, text: str, by: Context = SUN) -> Draft:
    return saved(draft, by, title=Label(text, text))


def publish(
    draft: Draft, base: int | None = 1, note: str = "放宽条件", by: Context = LI
) -> Version:
    """By the colleague of SUN, who changed it."""
    return studio.publish_draft(
        context=by, draft_id=draft.id, revision=draft.revision, base=base, note=note
    )
