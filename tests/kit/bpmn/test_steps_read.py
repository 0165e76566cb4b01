"""What gateways, conditions, events and lanes of a drawing become in the step table."""

from __future__ import annotations

import pytest

from pengcheng.kit.bpmn import Diagram, Finding, Step
from tests.kit.bpmn.files import END, START, document, element, flows, tasks


def read(body: str, more: str = "") -> tuple[dict[str, Step], list[Finding]]:
    steps, findings = Diagram.read(document(START + body + END, more=more)).to_steps()
    return {step.id: step for step in steps}, [f for f in findings if f.severity == "error"]


def good(body: str, more: str = "") -> dict[str, Step]:
    steps, findings = read(body, more)
    assert findings == []
    return steps


def table(body: str) -> dict[str, tuple[tuple[str, ...], str]]:
    return {step.id: (step.after, step.when) for step in good(body).values()}


def gate(kind: str, *ids: str, **defaults: str) -> str:
    return "".join(
        element(f"{kind}Gateway", id, **({"default": defaults[id]} if id in defaults else {}))
        for id in ids
    )


def test_one_after_the_other() -> None:
    assert table(tasks("a", "b") + flows("s>a", "a>b", "b>e")) == {
        "a": ((), ""),
        "b": (("a",), ""),
    }


def test_parallel_branches_begin_together_and_are_waited_for() -> None:
    body = tasks("a", "b", "c", "d") + gate("parallel", "fork", "join")
    body += flows("s>a", "a>fork", "fork>b", "fork>c", "b>join", "c>join", "join>d", "d>e")
    assert table(body) == {
        "a": ((), ""),
        "b": (("a",), ""),
        "c": (("a",), ""),
        "d": (("b", "c"), ""),
    }


def test_a_task_with_two_ways_out_is_a_fork_as_bpmn_says() -> None:
    found = table(tasks("a", "b", "c") + flows("s>a", "a>b", "a>c", "b>e", "c>e"))
    assert found["b"][0] == found["c"][0] == ("a",)


def test_branches_of_an_exclusive_gateway_get_their_conditions() -> None:
    """In order: the second holds only where the first does not, the default where none does."""
    body = tasks("a", "b", "c", "d") + gate("exclusive", "x", "y", x="x_c")
    body += flows("s>x", "x>a", "x>b", "x>c", "a>y", "b>y", "c>y", "y>d", "d>e",
                  x_a="n > 10", x_b="n > 5 or n < 1")  # fmt: skip
    assert table(body) == {
        "a": ((), "n > 10"),
        "b": ((), "not(n > 10) and (n > 5 or n < 1)"),
        "c": ((), "not(n > 10) and not(n > 5 or n < 1)"),
        "d": (("a", "b", "c"), ""),
    }


def test_a_way_round_a_step_leaves_only_its_condition() -> None:
    body = tasks("a", "b", "c") + gate("exclusive", "x", "y", x="x_y")
    body += flows("s>a", "a>x", "x>b", "x>y", "b>y", "y>c", "c>e", x_b="= big")
    assert table(body) == {"a": ((), ""), "b": (("a",), "big"), "c": (("b",), "")}


def test_what_follows_an_early_end_happens_only_otherwise() -> None:
    body = tasks("a", "b") + gate("exclusive", "x", x="x_a") + element("endEvent", "e2")
    body += flows("s>x", "x>e2", "x>a", "a>b", "b>e", x_e2="hopeless")
    assert table(body) == {"a": ((), "not(hopeless)"), "b": (("a",), "not(hopeless)")}


def test_gateways_within_branches_add_up_and_leave_again() -> None:
    body = tasks("a", "b", "c", "d") + gate("exclusive", "x", "y", "u", "v", x="x_y", u="u_c")
    body += flows("s>x", "x>u", "x>y", "u>b", "u>c", "b>v", "c>v", "v>d", "d>y", "y>a", "a>e",
                  x_u="p", u_b="q")  # fmt: skip
    assert table(body) == {
        "b": ((), "p and q"),
        "c": ((), "p and not(q)"),
        "d": (("b", "c"), "p"),
        "a": (("d",), ""),
    }


def test_a_step_that_two_of_three_branches_reach() -> None:
    body = tasks("a") + gate("exclusive", "x", "m", "y", x="x_y")
    body += flows("s>x", "x>m", "x>a", "x>y", "a>y", "y>e", x_m="p", x_a="q")
    body = body.replace('targetRef="m"', 'targetRef="a"').replace(gate("exclusive", "m"), "")
    assert table(body) == {"a": ((), "(p) or (not(p) and q)")}


def test_a_sub_process_is_unfolded_where_it_stands() -> None:
    inner = element("startEvent", "s2") + tasks("b", "c") + element("endEvent", "e2")
    inner += flows("s2>b", "b>c", "c>e2")
    body = tasks("a", "d") + element("subProcess", "sub", inner)
    body += flows("s>a", "a>sub", "sub>d", "d>e")
    assert [(k, v[0]) for k, v in table(body).items()] == [
        ("a", ()),
        ("b", ("a",)),
        ("c", ("b",)),
        ("d", ("c",)),
    ]


def test_each_kind_of_element_becomes_its_step() -> None:
    body = (
        element("businessRuleTask", "rule", **{"camunda:decisionRef": "fit"})
        + element("receiveTask", "wait", messageRef="t:m")
        + element(
            "intermediateCatchEvent",
            "pause",
            "<timerEventDefinition><timeDuration>P2W</timeDuration></timerEventDefinition>",
        )
        + element("callActivity", "child", calledElement="t:FIRE")
        + element("sendTask", "tell", "<documentation>Ready</documentation>", name="Tell")
        + flows("s>rule", "rule>wait", "wait>pause", "pause>child", "child>tell", "tell>e")
    )
    found = good(body, more='<message id="m" name="fee paid"/>')
    assert [(step.kind, step.decision or step.message or step.child or step.days)
            for step in found.values()] == [
        ("decision", "fit"), ("message", "fee paid"), ("timer", 10), ("subcase", "FIRE"),
        ("notice", 0),
    ]  # fmt: skip
    assert found["tell"].text is not None
    assert found["tell"].text.zh == "Ready"
    assert found["rule"].label.zh == "rule"


def test_the_group_is_the_owner_or_else_the_lane() -> None:
    owner = (
        "<potentialOwner><resourceAssignmentExpression><formalExpression>fire"
        "</formalExpression></resourceAssignmentExpression></potentialOwner>"
    )
    body = (
        '<laneSet id="l"><lane id="l1" name="water"><flowNodeRef>a</flowNodeRef>'
        "<flowNodeRef>b</flowNodeRef></lane></laneSet>"
        + tasks("a")
        + element("userTask", "b", owner)
        + element("userTask", "c", **{"camunda:candidateGroups": "law"})
        + flows("s>a", "a>b", "b>c", "c>e")
    )
    assert [step.group for step in good(body).values()] == ["water", "fire", "law"]


@pytest.mark.parametrize(
    ("body", "where", "says"),
    [
        (tasks("a", "b") + flows("s>a", "a>b", "b>a", "b>e"), "A a", "cannot say a loop"),
        (
            tasks("a", "b") + gate("exclusive", "x") + flows("s>x", "x>a", "x>b", x_a="p"),
            "x_b",
            "has no condition",
        ),
        (
            tasks("a", "b")
            + gate("exclusive", "x", x="x_b")
            + flows("s>x", "x>a", "x>b", x_a="${p == 1}"),
            "x_a",
            "the condition is not FEEL",
        ),
        (tasks("a") + flows("s>a", "a>e", s_a="p"), "s_a", "behind an exclusive gateway"),
        (
            tasks("a", "b")
            + gate("exclusive", "x", x="x_b")
            + flows("s>x", "x>a", "x>b", x_a="true").replace(
                "<conditionExpression", '<conditionExpression language="http://groovy.example/"'
            ),
            "sequenceFlow x_a",
            "not written in FEEL but in http://groovy.example/",
        ),
        (tasks("a", "b") + flows("s>a", "a>e", "b>e"), "B b", "begins in more than one place"),
        (tasks("a") + flows("s>a", "a>nowhere"), "sequenceFlow a_nowhere", "is not there"),
        (tasks("a", "a") + flows("s>a", "a>e"), "userTask a A", "used twice"),
        (
            tasks("a", "b", "c")
            + gate("parallel", "f")
            + flows("s>f", "f>a", "f>b", "a>c", "b>c", "c>e"),
            "C c",
            "several times",
        ),
        (
            tasks("a", "b")
            + gate("exclusive", "x", x="x_b")
            + gate("parallel", "j")
            + flows("s>x", "x>a", "x>b", "a>j", "b>j", "j>e", x_a="p"),
            "j",
            "not always taken",
        ),
        (flows("s>e"), "process", "no steps"),
    ],
)
def test_what_the_table_cannot_say_is_named(body: str, where: str, says: str) -> None:
    _steps, findings = read(body)
    assert any(f.element == where and says in f.en for f in findings), [str(f) for f in findings]
