"""The decision models of a bundle: found by name, loaded once, their faults in words."""

from collections.abc import Iterator
from functools import lru_cache

from pengcheng.domains.casework.contracts import DecisionModel, Definition, ProcessStep
from pengcheng.domains.casework.rules import seal
from pengcheng.kernel.problems import FieldError
from pengcheng.kit import dmn

Fault = tuple[str, str, str]


def model_of(definition: Definition, name: str) -> DecisionModel | None:
    known = (*definition.decisions, *([definition.decision] if definition.decision else []))
    return next((model for model in known if model.name == name), None)


@lru_cache(maxsize=256)
def _loaded(sha256: str, body: bytes) -> dmn.Model:
    return dmn.load_model(body)


def loaded(model: DecisionModel) -> dmn.Model:
    """The model, compiled once for its bytes. Raises dmn.ModelError."""
    return _loaded(model.sha256, model.dmn)


def step_faults(definition: Definition, step: ProcessStep) -> Iterator[Fault]:
    """What a decision step asks for and cannot have."""
    model = model_of(definition, step.decision)
    if model is None:
        yield "decision", f"没有决策模型“{step.decision}”", f"No decision model {step.decision!r}"
        return
    for zh, en in _model_faults(model):
        yield "decision", zh, en
        return
    wanted = set(loaded(model).inputs)
    for place, binding in enumerate(step.inputs):
        if binding.name not in wanted:
            zh, en = f"决策没有输入“{binding.name}”", f"The decision has no input {binding.name!r}"
            yield f"inputs/{place}/name", zh, en


def faults(definition: Definition) -> Iterator[FieldError]:
    """Models that do not load, whether or not a step uses them."""
    if definition.decision and definition.decision.dmn:
        for zh, en in _model_faults(definition.decision):
            yield FieldError("/decision/dmn", zh, en)
    for place, model in enumerate(definition.decisions):
        for zh, en in _model_faults(model):
            yield FieldError(f"/decisions/{place}/dmn", zh, en)


def _model_faults(model: DecisionModel) -> Iterator[tuple[str, str]]:
    if seal.digest(model.dmn) != model.sha256:
        yield "散列值与决策表不符", "The SHA-256 does not fit the DMN bytes"
        return
    try:
        read = loaded(model)
    except dmn.ModelError as error:
        yield f"决策模型无法加载：{error}", f"The decision model does not load: {error}"
        return
    for finding in read.findings:
        yield f"决策模型有误：{finding}", f"The decision model has a fault: {finding}"
    if model.name not in read.decisions:
        yield f"模型中没有决策“{model.name}”", f"The model has no decision {model.name!r}"
