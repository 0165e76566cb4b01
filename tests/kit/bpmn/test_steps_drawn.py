"""From the step table to a drawing and back, and the picture of it."""

from __future__ import annotations

import dataclasses
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.kit.bpmn import STEP_KINDS, BpmnError, Diagram, Step, draw, from_steps, to_xml
from pengcheng.kit.bpmn.diagramming import reduced
from pengcheng.kit.bpmn.layout import Box, Layout, lay_out
from pengcheng.kit.bpmn.picture import wrapped
from tests.kit.bpmn.files import restaurant, words

SVG = "{http://www.w3.org/2000/svg}"


def there_and_back(steps: list[Step]) -> list[Step]:
    found, findings = Diagram.read(to_xml(from_steps(steps)).encode()).to_steps()
    assert findings == []
    return list(found)


def by_id(steps: list[Step]) -> dict[str, Step]:
    return {step.id: step for step in steps}


def test_every_kind_of_step_survives_the_drawing() -> None:
    assert {step.kind for step in restaurant()} == set(STEP_KINDS)
    assert by_id(there_and_back(restaurant())) == by_id(restaurant())


def test_ids_that_xml_does_not_allow_are_kept_beside() -> None:
    steps = [
        Step(id="1 审核", label=words("a")),
        Step(id="start", label=words("b"), after=("1 审核",)),
    ]
    assert there_and_back(steps) == steps


def test_waiting_for_what_was_waited_for_already_is_left_out() -> None:
    a, b = Step(id="a", label=words("a")), Step(id="b", label=words("b"), after=("a",))
    c = Step(id="c", label=words("c"), after=("a", "b"))
    assert [step.after for step in there_and_back([c, b, a])] == [(), ("a",), ("b",)]


@st.composite
def tables(draw_: st.DrawFn) -> list[Step]:
    """Any table without circles: up to eight steps, some with conditions and groups."""
    steps: list[Step] = []
    for number in range(draw_(st.integers(1, 8))):
        known = [step.id for step in steps]
        after = draw_(st.lists(st.sampled_from(known), unique=True, max_size=3)) if known else []
        steps.append(
            Step(
                id=f"s{number}",
                label=words(f"step {number}"),
                group=draw_(st.sampled_from(["", "one", "two"])),
                after=tuple(after),
                when=draw_(st.sampled_from(["", "p", "n > 1 or q"])),
            )
        )
    return steps


@settings(max_examples=25, deadline=None)
@given(tables())
def test_any_table_is_drawn_and_read_back(steps: list[Step]) -> None:
    plain = [dataclasses.replace(step, after=tuple(sorted(step.after))) for step in reduced(steps)]
    found = [
        dataclasses.replace(step, after=tuple(sorted(step.after))) for step in there_and_back(steps)
    ]
    assert by_id(found) == by_id(plain)
    assert faults(lay_out(from_steps(steps))) == []


def faults(layout: Layout) -> list[str]:
    """Elements that lie on each other, flows that run through an element."""
    found = [
        f"{a} lies on {b}"
        for (a, one), (b, two) in combinations(layout.boxes.items(), 2)
        if overlap(one, two)
    ]
    for flow, way in layout.ways.items():
        for (x1, y1), (x2, y2) in pairwise(way):
            line = Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))
            found += [
                f"{flow} runs through {n}" for n, b in layout.boxes.items() if overlap(b, line)
            ]
    return found


def overlap(a: Box, b: Box) -> bool:
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([Step(id="a", label=words("a")), Step(id="a", label=words("b"))], "a: the id of the step"),
        ([Step(id="a", label=words("a"), after=("b",))], "a: there is no step 'b'"),
        (
            [
                Step(id="a", label=words("a"), after=("b",)),
                Step(id="b", label=words("b"), after=("a",)),
            ],
            "wait for each other",
        ),
    ],
)
def test_rows_that_are_no_process_are_refused(steps: list[Step], says: str) -> None:
    with pytest.raises(BpmnError, match=says):
        from_steps(steps)


# --- the picture ------------------------------------------------------------------------


def picture(language: str = "zh-hans") -> ElementTree.Element:
    states = {"check": "done", "visit": "late", "fire": "current", "public": "skipped"}
    text = draw(from_steps(restaurant()), states, language=language, title="开办餐馆")  # type: ignore[arg-type]
    assert "style" not in text
    return ElementTree.fromstring(text)  # noqa: S314 - our own


def test_the_picture_says_in_words_what_it_shows() -> None:
    root = picture()
    ids = root.attrib["aria-labelledby"].split()
    named = {each.get("id"): each.text for each in root.iter() if each.get("id") in ids}
    title, told = map(str, named.values())
    assert title == "开办餐馆"
    assert "1 check（中）（人工，市场监管，已完成）" in told
    assert "visit（中）（人工，街道，已超期）" in told
    english = "".join(picture("en").itertext())
    assert "visit (by an official, 街道, overdue)" in english


def test_states_are_classes_and_signs() -> None:
    nodes = {g.get("class"): "".join(g.itertext()) for g in picture().iter(f"{SVG}g")}
    assert "✓" in nodes["bp-node bp-task bp-is-done"]
    assert "!" in nodes["bp-node bp-task bp-is-late"]
    assert "●" in nodes["bp-node bp-subcase bp-is-current"]
    assert "bp-node bp-timer bp-is-skipped" in nodes
    assert "bp-node bp-decision" in nodes


def test_hostile_names_stay_text() -> None:
    step = Step(id="a", label=words('<script>alert("x")</script>'), group='"><img src=x>')
    text = draw(from_steps([step], name="</title><script>"))
    root = ElementTree.fromstring(text)  # noqa: S314 - our own
    assert not [each for each in root.iter() if each.tag.endswith(("script", "img"))]


def test_a_long_name_of_a_lane_is_cut_and_told_in_full() -> None:
    name = "一个名称很长很长的街道办事处综合窗口"
    text = draw(from_steps([Step(id="a", label=words("a"), group=name)]))
    assert f"<title>{name}</title>" in text
    assert "一个名称很长很…</text>" in text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("初审", ["初审"]),
        (
            "食品经营许可现场核查与复核意见汇总报告上报备案",
            ["食品经营许可现", "场核查与复核意", "见汇总报告上…"],
        ),
        ("Legal review of the whole", ["Legal review", "of the whole"]),
        ("", [""]),
    ],
)
def test_names_are_broken_into_lines(text: str, lines: list[str]) -> None:
    assert wrapped(text, 7.5, 3) == lines
