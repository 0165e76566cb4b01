"""Namespaces of BPMN 2.0, of ours, and of the programs whose way to name a decision is read."""

from typing import Final

MODEL: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
DI: Final = "http://www.omg.org/spec/DD/20100524/DI"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
FEEL: Final = "https://www.omg.org/spec/DMN/20191111/FEEL/"
OURS: Final = "urn:pengcheng:process:1"
CAMUNDA: Final = "http://camunda.org/schema/1.0/bpmn"
FLOWABLE: Final = "http://flowable.org/bpmn"
ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"

PREFIXES: Final = {
    "bpmn": MODEL,
    "bpmndi": BPMNDI,
    "dc": DC,
    "di": DI,
    "xsi": XSI,
    "pc": OURS,
}
