"""BPMN 2.0: any file read and kept whole; the subset that a step table can say, both ways.

`Diagram.read(data)`, `.to_xml()`, `.to_steps()`; `from_steps(steps)`, `to_xml(process)`,
`draw(process)`.
"""

from pengcheng.kit.bpmn.diagram import Diagram
from pengcheng.kit.bpmn.diagramming import from_steps
from pengcheng.kit.bpmn.errors import BpmnError, Finding
from pengcheng.kit.bpmn.model import STEP_KINDS, Outcome, Process, Step, StepKind, Words
from pengcheng.kit.bpmn.picture import draw
from pengcheng.kit.bpmn.writing import to_xml

__all__ = [
    "STEP_KINDS",
    "BpmnError",
    "Diagram",
    "Finding",
    "Outcome",
    "Process",
    "Step",
    "StepKind",
    "Words",
    "draw",
    "from_steps",
    "to_xml",
]
