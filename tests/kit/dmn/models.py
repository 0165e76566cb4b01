"""Small models for these tests, written as briefly as DMN allows."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from pengcheng.kit.dmn import Model, load_model
from pengcheng.kit.dmn.loading import Source

DMN15 = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def document(body: str, *, namespace: str = "urn:test", version: str = DMN15) -> bytes:
    return (
        f'<definitions xmlns="{version}" xmlns:feel="urn:feel" name="test" '
        f'namespace="{namespace}">{body}</definitions>'
    ).encode()


def model(body: str, imports: Sequence[Source | Model] = (), **options: str) -> Model:
    return load_model(document(body, **options), imports)


def literal(text: str, type_ref: str = "") -> str:
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    return f"<literalExpression{kind}><text>{escape(text)}</text></literalExpression>"


def data(name: str, type_ref: str = "") -> str:
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    return f'<inputData id="i-{name}" name="{name}"><variable name="{name}"{kind}/></inputData>'


def decision(
    name: str,
    expression: str,
    *,
    inputs: Sequence[str] = (),
    decisions: Sequence[str] = (),
    knowledge: Sequence[str] = (),
    type_ref: str = "",
) -> str:
    """`inputs` and `decisions` by name, or by href when they hold a '#'."""

    def href(name: str, prefix: str) -> str:
        return name if "#" in name else f"#{prefix}-{name}"

    needs = "".join(
        f'<informationRequirement><requiredInput href="{href(n, "i")}"/></informationRequirement>'
        for n in inputs
    )
    needs += "".join(
        f'<informationRequirement><requiredDecision href="{href(n, "d")}"/>'
        "</informationRequirement>"
        for n in decisions
    )
    needs += "".join(
        f'<knowledgeRequirement><requiredKnowledge href="{href(n, "k")}"/></knowledgeRequirement>'
        for n in knowledge
    )
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    return (
        f'<decision id="d-{name}" name="{name}"><variable name="{name}"{kind}/>'
        f"{needs}{expression}</decision>"
    )


def knowledge(name: str, parameters: Sequence[tuple[str, str]], body: str, kind: str = "") -> str:
    formal = "".join(f'<formalParameter name="{n}" typeRef="{t}"/>' for n, t in parameters)
    how = f' kind="{kind}"' if kind else ""
    return (
        f'<businessKnowledgeModel id="k-{name}" name="{name}"><variable name="{name}"/>'
        f"<encapsulatedLogic{how}>{formal}{body}</encapsulatedLogic></businessKnowledgeModel>"
    )


def item(name: str, inside: str, *, collection: bool = False) -> str:
    many = ' isCollection="true"' if collection else ""
    return f'<itemDefinition name="{name}"{many}>{inside}</itemDefinition>'


def component(name: str, type_ref: str) -> str:
    return f'<itemComponent name="{name}"><typeRef>{type_ref}</typeRef></itemComponent>'


def allowed(text: str, tag: str = "allowedValues") -> str:
    return f"<{tag}><text>{escape(text)}</text></{tag}>"


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[str],
    *,
    policy: str = "UNIQUE",
    aggregation: str = "",
    values: Sequence[str] = (),
    allowed_inputs: Sequence[str] = (),
    defaults: Sequence[str] = (),
) -> str:
    """Rules are written `cell ; cell => output ; output`."""

    def cells(tag: str, texts: Sequence[str]) -> str:
        return "".join(f"<{tag}><text>{escape(t.strip())}</text></{tag}>" for t in texts)

    columns = ""
    for index, text in enumerate(inputs):
        limits = cells("inputValues", allowed_inputs[index : index + 1])
        expression = f"<inputExpression><text>{escape(text)}</text></inputExpression>"
        columns += f"<input>{expression}{limits}</input>"
    for index, name in enumerate(outputs):
        limits = cells("outputValues", values[index : index + 1])
        limits += cells("defaultOutputEntry", defaults[index : index + 1])
        columns += f'<output name="{name}">{limits}</output>'
    for rule in rules:
        left, right = rule.split("=>")
        conditions = cells("inputEntry", left.split(";") if inputs else [])
        columns += f"<rule>{conditions}{cells('outputEntry', right.split(';'))}</rule>"
    how = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{how}>{columns}</decisionTable>'
