"""Short BPMN files for these tests, and a process of ours."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from pengcheng.kit.bpmn import Outcome, Step, Words

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def document(body: str, *, more: str = "") -> bytes:
    return (
        f'<definitions xmlns="{MODEL}" id="d" targetNamespace="urn:test" xmlns:t="urn:test" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn">\n'
        f'{more}<process id="p" name="Test">\n{body}</process></definitions>'
    ).encode()


def flows(*pairs: str, **conditions: str) -> str:
    """`"a>b"` is a flow named `a_b`; a condition is given by that name."""
    found = ""
    for pair in pairs:
        source, target = pair.split(">")
        name = f"{source}_{target}"
        text = conditions.get(name)
        inner = (
            f"<conditionExpression>{escape(text)}</conditionExpression>" if text is not None else ""
        )
        found += (
            f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}'
            "</sequenceFlow>\n"
        )
    return found


def element(tag: str, id: str, inner: str = "", **attributes: str) -> str:
    told = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<{tag} id="{id}"{told}>{inner}</{tag}>\n'


def tasks(*ids: str) -> str:
    return "".join(element("userTask", id, name=id.upper()) for id in ids)


START, END = element("startEvent", "s"), element("endEvent", "e")


def words(text: str) -> Words:
    return Words(f"{text}（中）", text)


def restaurant() -> list[Step]:
    """Every kind of step, a fork, a join, a condition, three groups."""
    return [
        Step(
            id="check",
            label=words("check"),
            group="市场监管",
            days=3,
            outcomes=(Outcome("agree", words("agree")), Outcome("object", words("object"))),
            more=(("office", "“一窗”\n第二行"), ("input a b", 'x < "y"')),
        ),
        Step(
            id="visit",
            label=words("visit"),
            group="街道",
            after=("check",),
            when='area > 100 and use = "food"',
        ),
        Step(id="fire", label=words("fire"), kind="subcase", child="FIRE-1", after=("check",)),
        Step(
            id="public",
            label=words("public notice"),
            kind="timer",
            days=5,
            after=("visit", "fire"),
        ),
        Step(
            id="paid",
            label=words("wait for the fee"),
            kind="message",
            message="payments.order.paid",
            after=("public",),
        ),
        *ending(),
    ]


def ending() -> list[Step]:
    return [
        Step(id="rule", label=words("rule"), kind="decision", decision="fit", after=("paid",)),
        Step(
            id="tell",
            label=words("tell"),
            kind="notice",
            text=Words("已办结 <请查收>", 'Done & "ready"'),
            after=("rule",),
        ),
    ]
