"""Reading XML without the dangers of XML, and writing it back.

A document type, and so every entity it could declare, is refused; size, depth and number of
elements are bounded before anything is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pengcheng.kit.dmn.errors import ModelError

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 120
MAX_ELEMENTS = 400_000
SEPARATOR = " "  # between namespace and name, as expat gives them


@dataclass(slots=True)
class Element:
    namespace: str
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""
    line: int = field(default=0, compare=False)

    def all(self, name: str) -> list[Element]:
        """Children of that name in the element's own namespace."""
        return [
            child
            for child in self.children
            if child.name == name and child.namespace == self.namespace
        ]


@dataclass(slots=True)
class Document:
    root: Element
    prefixes: dict[str, str]


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0
        self.prefixes: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartNamespaceDeclHandler = self.prefix

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        self.count += 1
        if self.count > MAX_ELEMENTS or len(self.open) >= MAX_DEPTH:
            raise ModelError("the document is too large or nested too deeply", line, tag)
        namespace, _, name = tag.rpartition(SEPARATOR)
        element = Element(namespace, name, attributes, line=line)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _tag: str) -> None:
        element = self.open.pop()
        if element.children and not element.text.strip():
            element.text = ""

    def characters(self, data: str) -> None:
        self.open[-1].text += data

    def doctype(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        raise ModelError("a document type is not allowed here", line, "DOCTYPE")

    def prefix(self, prefix: str | None, uri: str) -> None:
        self.prefixes.setdefault(prefix or "", uri)


def parse(data: bytes) -> Document:
    if len(data) > MAX_BYTES:
        raise ModelError(f"the file is larger than {MAX_BYTES // 1024 // 1024} MB")
    builder = _Builder()
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ModelError(expat.ErrorString(error.code), error.lineno, "XML") from error
    except (LookupError, UnicodeError) as error:  # an encoding nobody knows
        raise ModelError("the text encoding is not known", 1, "XML") from error
    if builder.root is None:
        raise ModelError("the document is empty", 1, "XML")
    return Document(builder.root, builder.prefixes)


class Writer:
    """Elements as text; namespaces get the prefixes asked for, others are numbered."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._prefixes = dict(prefixes)
        self._parts: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>']

    def write(self, root: Element) -> str:
        self._collect(root)
        declared = {
            f"xmlns:{prefix}" if prefix else "xmlns": uri for uri, prefix in self._prefixes.items()
        }
        self._element(root, "", declared)
        return "".join(self._parts) + "\n"

    def _collect(self, element: Element) -> None:
        pending = [element]
        while pending:
            item = pending.pop()
            spaces = [item.namespace, *(key.rpartition(SEPARATOR)[0] for key in item.attributes)]
            for space in spaces:
                if space and space not in self._prefixes:
                    self._prefixes[space] = f"ns{len(self._prefixes)}"
            pending.extend(item.children)

    def _tag(self, namespace: str, name: str) -> str:
        prefix = self._prefixes.get(namespace, "")
        return f"{prefix}:{name}" if prefix else name

    def _attribute(self, key: str, value: str) -> str:
        namespace, _, name = key.rpartition(SEPARATOR)
        tag = self._tag(namespace, name) if namespace else name
        # Line breaks and tabs in attributes survive only as references.
        return f" {tag}=" + quoteattr(value, {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})

    def _element(self, element: Element, indent: str | None, declared: dict[str, str]) -> None:
        """`indent` is None inside text: white space for the eye would become part of it."""
        tag = self._tag(element.namespace, element.name)
        head = tag + "".join(
            self._attribute(key, value) for key, value in {**declared, **element.attributes}.items()
        )
        text = escape(element.text, {"\r": "&#13;"})
        before = "" if indent is None else f"\n{indent}"
        if not element.children:
            self._parts.append(before + (f"<{head}>{text}</{tag}>" if text else f"<{head}/>"))
            return
        inner = None if text or indent is None else indent + "  "
        self._parts.append(f"{before}<{head}>{text}")
        for child in element.children:
            self._element(child, inner, {})
        self._parts.append(f"</{tag}>" if inner is None else f"\n{indent}</{tag}>")
