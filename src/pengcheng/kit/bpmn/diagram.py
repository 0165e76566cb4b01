"""A BPMN file as it was given: it can be written back whole, or asked for its step table."""

from __future__ import annotations

from pengcheng.kit.bpmn import reading, tabulate, xml
from pengcheng.kit.bpmn.errors import Finding
from pengcheng.kit.bpmn.model import Process, Step


class Diagram:
    def __init__(self, document: xml.Document) -> None:
        self.document = document

    @classmethod
    def read(cls, data: bytes) -> Diagram:
        """Raises BpmnError: not XML, too large, too deep, a document type, not BPMN."""
        found = cls(xml.parse(data))
        found.processes()
        return found

    def to_xml(self) -> str:
        """Every element, id, extension and place of the picture, as it was read."""
        return xml.write(self.document)

    def processes(self) -> tuple[str, ...]:
        """Ids of the processes that have something in them."""
        return tuple(each.get("id") for each in reading.processes(self.document))

    def process(self, process: str = "") -> tuple[Process, list[Finding]]:
        """The only process, or the one of that id, with what is outside the subset."""
        return reading.read(self.document, process)

    def to_steps(self, process: str = "") -> tuple[tuple[Step, ...], list[Finding]]:
        """The rows, and everything that they cannot say. Errors mean: do not use the rows."""
        found, findings = self.process(process)
        steps, more = tabulate.to_steps(found)
        return steps, [*findings, *more]
