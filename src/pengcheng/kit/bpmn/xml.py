"""BPMN files as trees that lose nothing: prefixes, comments and white space stay as written.

A document type, and so every entity it could declare, is refused; size, depth and number of
elements are bounded before anything is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pengcheng.kit.bpmn.errors import BpmnError

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 120
MAX_ELEMENTS = 100_000
_XML = {"xml": "http://www.w3.org/XML/1998/namespace", "": ""}


@dataclass(slots=True)
class Comment:
    text: str


@dataclass(slots=True)
class Instruction:
    target: str
    text: str


@dataclass(slots=True)
class Element:
    """`tag` and `attributes` are as written; `namespace` and `name` are what they mean."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    namespace: str = field(default="", compare=False)
    spaces: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    line: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        return self.tag.rpartition(":")[2]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def foreign(self, namespace: str, name: str) -> str:
        """An attribute of another namespace, whatever prefix the file gave it."""
        for key, value in self.attributes.items():
            prefix, _, local = key.rpartition(":")
            if local == name and prefix and self.spaces.get(prefix) == namespace:
                return value
        return ""

    def elements(self, namespace: str = "", name: str = "") -> Iterator[Element]:
        for child in self.children:
            if not isinstance(child, Element):
                continue
            if namespace in ("", child.namespace) and name in ("", child.name):
                yield child

    def text(self) -> str:
        return "".join(child for child in self.children if isinstance(child, str)).strip()

    def walk(self) -> Iterator[Element]:
        pending = [self]
        while pending:
            found = pending.pop()
            yield found
            pending.extend(reversed(list(found.elements())))


Node = Element | str | Comment | Instruction


@dataclass(slots=True)
class Document:
    """The root among what may stand before and after it."""

    nodes: list[Node]

    @property
    def root(self) -> Element:
        return next(node for node in self.nodes if isinstance(node, Element))


class _Builder:
    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.open: list[Element] = []
        self.count = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.CommentHandler = lambda text: self.add(Comment(text))
        self.parser.ProcessingInstructionHandler = self.instruction
        self.parser.StartDoctypeDeclHandler = self.doctype

    def add(self, node: Node) -> None:
        (self.open[-1].children if self.open else self.nodes).append(node)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        self.count += 1
        if self.count > MAX_ELEMENTS or len(self.open) >= MAX_DEPTH:
            raise BpmnError(
                "元素过多或嵌套过深", "too many elements, or nested too deeply", line, tag
            )
        spaces = self._spaces(attributes)
        prefix = tag.rpartition(":")[0]
        if prefix not in spaces:
            raise BpmnError("命名空间前缀未声明", "the prefix is not declared", line, tag)
        element = Element(tag, attributes, [], spaces[prefix], spaces, line)
        self.add(element)
        self.open.append(element)

    def _spaces(self, attributes: dict[str, str]) -> dict[str, str]:
        known = self.open[-1].spaces if self.open else _XML
        own = {
            key.partition(":")[2]: value
            for key, value in attributes.items()
            if key == "xmlns" or key.startswith("xmlns:")
        }
        return {**known, **own} if own else known

    def end(self, _tag: str) -> None:
        self.open.pop()

    def characters(self, data: str) -> None:
        self.add(data)

    def instruction(self, target: str, text: str) -> None:
        self.add(Instruction(target, text))

    def doctype(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        raise BpmnError(
            "不接受文档类型声明和实体", "a document type is not allowed here", line, "DOCTYPE"
        )


def parse(data: bytes) -> Document:
    """Raises BpmnError with line and element."""
    if len(data) > MAX_BYTES:
        size = MAX_BYTES // 1024 // 1024
        raise BpmnError(f"文件大于 {size} MB", f"the file is larger than {size} MB")
    builder = _Builder()
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise BpmnError(
            f"不是正确的 XML（{said}）", f"not well-formed XML: {said}", error.lineno
        ) from (error)
    except (LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, BpmnError):
            raise
        raise BpmnError("文字编码无法识别", "the text encoding is not known", 1) from error
    return Document(builder.nodes)


def write(document: Document) -> str:
    """The file as it was, in UTF-8."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    for node in document.nodes:
        _write(node, parts)
        parts.append("\n")
    return "".join(parts)


def _write(node: Node, parts: list[str]) -> None:
    if isinstance(node, str):
        parts.append(escape(node, {"\r": "&#13;"}))
    elif isinstance(node, Comment):
        parts.append(f"<!--{node.text}-->")
    elif isinstance(node, Instruction):
        parts.append(f"<?{node.target} {node.text}?>")
    else:
        _write_element(node, parts)


def _write_element(element: Element, parts: list[str]) -> None:
    # Line breaks and tabs in attributes survive only as references.
    breaks = {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
    head = element.tag + "".join(
        f" {key}={quoteattr(value, breaks)}" for key, value in element.attributes.items()
    )
    if not element.children:
        parts.append(f"<{head}/>")
        return
    parts.append(f"<{head}>")
    for child in element.children:
        _write(child, parts)
    parts.append(f"</{element.tag}>")
