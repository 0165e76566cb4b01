"""The elements of a decision model, as in the DMN metamodel, in the order its schema asks for."""

# ruff: noqa: RUF009 - a field is declared by a call that says where it is kept

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from pengcheng.kit.dmn import xml
from pengcheng.kit.dmn.schema import (
    attribute,
    boxed,
    child,
    children,
    expression,
    expressions,
    flag,
    raw,
    reference,
    references,
    text,
    wrapped,
)


@dataclass(kw_only=True)
class Base:
    """What every element may carry. `line` is where it stood in the file it was read from."""

    description: str = text("description")
    extensions: list[xml.Element] = raw("extensionElements")
    id: str = attribute("id")
    label: str = attribute("label")
    line: int = field(default=0, compare=False)


@dataclass(kw_only=True)
class Boxed(Base):
    """An expression of any kind."""

    tag: ClassVar[str] = ""
    type_ref: str = attribute("typeRef")


@dataclass(kw_only=True)
class Tests(Base):
    """Unary tests."""

    text: str = text("text")
    language: str = attribute("expressionLanguage")


@boxed("literalExpression")
@dataclass(kw_only=True)
class LiteralExpression(Boxed):
    text: str = text("text")
    imported: list[xml.Element] = raw("importedValues")
    language: str = attribute("expressionLanguage")


@dataclass(kw_only=True)
class Variable(Base):
    name: str = attribute("name")
    type_ref: str = attribute("typeRef")


@dataclass(kw_only=True)
class InputClause(Base):
    expression: LiteralExpression | None = child("inputExpression", lambda: LiteralExpression)
    values: Tests | None = child("inputValues", lambda: Tests)


@dataclass(kw_only=True)
class OutputClause(Base):
    name: str = attribute("name")
    type_ref: str = attribute("typeRef")
    values: Tests | None = child("outputValues", lambda: Tests)
    default: LiteralExpression | None = child("defaultOutputEntry", lambda: LiteralExpression)


@dataclass(kw_only=True)
class Annotation(Base):
    name: str = attribute("name")
    text: str = text("text")


@dataclass(kw_only=True)
class Rule(Base):
    inputs: list[Tests] = children("inputEntry", lambda: Tests)
    outputs: list[LiteralExpression] = children("outputEntry", lambda: LiteralExpression)
    annotations: list[Annotation] = children("annotationEntry", lambda: Annotation)


@boxed("decisionTable")
@dataclass(kw_only=True)
class DecisionTable(Boxed):
    hit_policy: str = attribute("hitPolicy")
    aggregation: str = attribute("aggregation")
    orientation: str = attribute("preferredOrientation")
    output_label: str = attribute("outputLabel")
    inputs: list[InputClause] = children("input", lambda: InputClause)
    outputs: list[OutputClause] = children("output", lambda: OutputClause)
    annotations: list[Annotation] = children("annotation", lambda: Annotation)
    rules: list[Rule] = children("rule", lambda: Rule)


@dataclass(kw_only=True)
class ContextEntry(Base):
    variable: Variable | None = child("variable", lambda: Variable)
    expression: Boxed | None = expression()


@boxed("context")
@dataclass(kw_only=True)
class Context(Boxed):
    entries: list[ContextEntry] = children("contextEntry", lambda: ContextEntry)


@boxed("list")
@dataclass(kw_only=True)
class ListExpression(Boxed):
    items: list[Boxed] = expressions()


@dataclass(kw_only=True)
class Row(Base):
    cells: list[Boxed] = expressions()


@boxed("relation")
@dataclass(kw_only=True)
class Relation(Boxed):
    columns: list[Variable] = children("column", lambda: Variable)
    rows: list[Row] = children("row", lambda: Row)


@boxed("functionDefinition")
@dataclass(kw_only=True)
class FunctionDefinition(Boxed):
    kind: str = attribute("kind")
    parameters: list[Variable] = children("formalParameter", lambda: Variable)
    body: Boxed | None = expression()


@dataclass(kw_only=True)
class Binding(Base):
    parameter: Variable | None = child("parameter", lambda: Variable)
    expression: Boxed | None = expression()


@boxed("invocation")
@dataclass(kw_only=True)
class Invocation(Boxed):
    callee: Boxed | None = expression()
    bindings: list[Binding] = children("binding", lambda: Binding)


@boxed("conditional")
@dataclass(kw_only=True)
class Conditional(Boxed):
    condition: Boxed | None = wrapped("if")
    then: Boxed | None = wrapped("then")
    otherwise: Boxed | None = wrapped("else")


@boxed("filter")
@dataclass(kw_only=True)
class Filter(Boxed):
    domain: Boxed | None = wrapped("in")
    match: Boxed | None = wrapped("match")


@dataclass(kw_only=True)
class Iteration(Boxed):
    variable: str = attribute("iteratorVariable")
    domain: Boxed | None = wrapped("in")


@boxed("for")
@dataclass(kw_only=True)
class For(Iteration):
    body: Boxed | None = wrapped("return")


@boxed("every")
@dataclass(kw_only=True)
class Every(Iteration):
    body: Boxed | None = wrapped("satisfies")


@boxed("some")
@dataclass(kw_only=True)
class Some(Iteration):
    body: Boxed | None = wrapped("satisfies")


@dataclass(kw_only=True)
class InformationRequirement(Base):
    decision: str = reference("requiredDecision")
    input: str = reference("requiredInput")


@dataclass(kw_only=True)
class KnowledgeRequirement(Base):
    knowledge: str = reference("requiredKnowledge")


@dataclass(kw_only=True)
class Decision(Base):
    name: str = attribute("name")
    question: str = text("question")
    allowed_answers: str = text("allowedAnswers")
    variable: Variable | None = child("variable", lambda: Variable)
    information: list[InformationRequirement] = children(
        "informationRequirement", lambda: InformationRequirement
    )
    knowledge: list[KnowledgeRequirement] = children(
        "knowledgeRequirement", lambda: KnowledgeRequirement
    )
    others: list[xml.Element] = raw(
        "authorityRequirement",
        "supportedObjective",
        "impactedPerformanceIndicator",
        "decisionMaker",
        "decisionOwner",
        "usingProcess",
        "usingTask",
    )
    expression: Boxed | None = expression()


@dataclass(kw_only=True)
class InputData(Base):
    name: str = attribute("name")
    variable: Variable | None = child("variable", lambda: Variable)


@dataclass(kw_only=True)
class KnowledgeModel(Base):
    name: str = attribute("name")
    variable: Variable | None = child("variable", lambda: Variable)
    logic: FunctionDefinition | None = child("encapsulatedLogic", lambda: FunctionDefinition)
    knowledge: list[KnowledgeRequirement] = children(
        "knowledgeRequirement", lambda: KnowledgeRequirement
    )
    others: list[xml.Element] = raw("authorityRequirement")


@dataclass(kw_only=True)
class DecisionService(Base):
    name: str = attribute("name")
    variable: Variable | None = child("variable", lambda: Variable)
    outputs: list[str] = references("outputDecision")
    encapsulated: list[str] = references("encapsulatedDecision")
    input_decisions: list[str] = references("inputDecision")
    input_data: list[str] = references("inputData")


@dataclass(kw_only=True)
class FunctionItem(Base):
    output: str = attribute("outputTypeRef")
    parameters: list[Variable] = children("parameters", lambda: Variable)


@dataclass(kw_only=True)
class ItemDefinition(Base):
    name: str = attribute("name")
    collection: bool = flag("isCollection")
    type_ref: str = text("typeRef")
    allowed: Tests | None = child("allowedValues", lambda: Tests)
    constraint: Tests | None = child("typeConstraint", lambda: Tests)
    components: list[ItemDefinition] = children("itemComponent", lambda: ItemDefinition)
    function: FunctionItem | None = child("functionItem", lambda: FunctionItem)
    type_language: str = attribute("typeLanguage")


@dataclass(kw_only=True)
class Import(Base):
    name: str = attribute("name")
    namespace: str = attribute("namespace")
    type: str = attribute("importType")
    location: str = attribute("locationURI")


@dataclass(kw_only=True)
class Definitions(Base):
    name: str = attribute("name")
    namespace: str = attribute("namespace")
    expression_language: str = attribute("expressionLanguage")
    type_language: str = attribute("typeLanguage")
    exporter: str = attribute("exporter")
    exporter_version: str = attribute("exporterVersion")
    imports: list[Import] = children("import", lambda: Import)
    items: list[ItemDefinition] = children("itemDefinition", lambda: ItemDefinition)
    inputs: list[InputData] = children("inputData", lambda: InputData)
    decisions: list[Decision] = children("decision", lambda: Decision)
    knowledge_models: list[KnowledgeModel] = children(
        "businessKnowledgeModel", lambda: KnowledgeModel
    )
    services: list[DecisionService] = children("decisionService", lambda: DecisionService)
    others: list[xml.Element] = raw(
        "knowledgeSource",
        "elementCollection",
        "performanceIndicator",
        "organizationUnit",
        "association",
        "group",
        "textAnnotation",
        "businessContextElement",
        foreign=True,
    )
