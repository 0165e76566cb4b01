"""How the fields of an element are kept in XML: one small object a kind of field, both ways.

A class of `elements` declares its fields with these; `read` and `write` then follow the
declaration, so reading and writing cannot drift apart.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from pengcheng.kit.dmn.xml import Element

_KEY = "xml"
_EXPRESSIONS: dict[str, type] = {}


class Kept:
    """Where one field is found."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def read(self, element: Element) -> Any:
        raise NotImplementedError

    def write(self, value: Any, element: Element) -> None:
        raise NotImplementedError


class Attribute(Kept):
    def read(self, element: Element) -> str:
        return element.attributes.get(self.name, "")

    def write(self, value: str, element: Element) -> None:
        if value:
            element.attributes[self.name] = value


class Flag(Kept):
    def read(self, element: Element) -> bool:
        return element.attributes.get(self.name, "").strip() in ("true", "1")

    def write(self, value: bool, element: Element) -> None:
        if value:
            element.attributes[self.name] = "true"


class Text(Kept):
    """The text of a child."""

    def read(self, element: Element) -> str:
        found = element.all(self.name)
        return found[0].text if found else ""

    def write(self, value: str, element: Element) -> None:
        if value:
            element.children.append(Element(element.namespace, self.name, text=value))


class Reference(Kept):
    """The `href` of a child."""

    def read(self, element: Element) -> str:
        return next((item.attributes.get("href", "") for item in element.all(self.name)), "")

    def write(self, value: str, element: Element) -> None:
        if value:
            element.children.append(Element(element.namespace, self.name, {"href": value}))


class References(Kept):
    def read(self, element: Element) -> list[str]:
        return [item.attributes.get("href", "") for item in element.all(self.name)]

    def write(self, value: list[str], element: Element) -> None:
        for href in value:
            element.children.append(Element(element.namespace, self.name, {"href": href}))


class Child(Kept):
    def __init__(self, name: str, kind: Callable[[], type]) -> None:
        super().__init__(name)
        self.kind = kind

    def read(self, element: Element) -> Any:
        found = element.all(self.name)
        return read(self.kind(), found[0]) if found else None

    def write(self, value: Any, element: Element) -> None:
        if value is not None:
            element.children.append(write(value, self.name, element.namespace))


class Children(Child):
    def read(self, element: Element) -> list[Any]:
        return [read(self.kind(), item) for item in element.all(self.name)]

    def write(self, value: list[Any], element: Element) -> None:
        for item in value:
            super().write(item, element)


class Expressions(Kept):
    """Children that are boxed expressions of any kind."""

    def read(self, element: Element) -> Any:
        return [
            read(_EXPRESSIONS[child.name], child)
            for child in element.children
            if child.namespace == element.namespace and child.name in _EXPRESSIONS
        ]

    def write(self, value: Any, element: Element) -> None:
        for item in value:
            element.children.append(write(item, item.tag, element.namespace))


class Expression(Expressions):
    def read(self, element: Element) -> Any:
        return next(iter(super().read(element)), None)

    def write(self, value: Any, element: Element) -> None:
        super().write([] if value is None else [value], element)


class Wrapped(Expression):
    """An expression inside a child of its own, such as `<then>…</then>`."""

    def read(self, element: Element) -> Any:
        found = element.all(self.name)
        return super().read(found[0]) if found else None

    def write(self, value: Any, element: Element) -> None:
        if value is not None:
            wrapper = Element(element.namespace, self.name)
            super().write(value, wrapper)
            element.children.append(wrapper)


class Raw(Kept):
    """Children this engine does not interpret; they are kept as they are."""

    def __init__(self, *names: str, foreign: bool = False) -> None:
        super().__init__()
        self.names = names
        self.foreign = foreign

    def read(self, element: Element) -> list[Element]:
        return [child for child in element.children if self._mine(child, element)]

    def _mine(self, child: Element, element: Element) -> bool:
        if child.namespace != element.namespace:
            return self.foreign
        return child.name in self.names

    def write(self, value: list[Element], element: Element) -> None:
        element.children.extend(value)


def kept(how: Kept, default: Any = dataclasses.MISSING, factory: Any = dataclasses.MISSING) -> Any:
    """A dataclass field that lives in XML."""
    metadata = {_KEY: how}
    if factory is not dataclasses.MISSING:
        return dataclasses.field(default_factory=factory, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def attribute(name: str) -> Any:
    return kept(Attribute(name), "")


def flag(name: str) -> Any:
    return kept(Flag(name), False)


def text(name: str) -> Any:
    return kept(Text(name), "")


def reference(name: str) -> Any:
    return kept(Reference(name), "")


def references(name: str) -> Any:
    return kept(References(name), factory=list)


def child(name: str, kind: Callable[[], type]) -> Any:
    return kept(Child(name, kind), None)


def children(name: str, kind: Callable[[], type]) -> Any:
    return kept(Children(name, kind), factory=list)


def expression() -> Any:
    return kept(Expression(), None)


def expressions() -> Any:
    return kept(Expressions(), factory=list)


def wrapped(name: str) -> Any:
    return kept(Wrapped(name), None)


def raw(*names: str, foreign: bool = False) -> Any:
    return kept(Raw(*names, foreign=foreign), factory=list)


def boxed(tag: str) -> Callable[[type], type]:
    """Declare a class as the boxed expression of that element."""

    def declare(kind: type) -> type:
        kind.tag = tag  # type: ignore[attr-defined]
        _EXPRESSIONS[tag] = kind
        return kind

    return declare


def read(kind: type, element: Element) -> Any:
    values = {
        field.name: field.metadata[_KEY].read(element)
        for field in dataclasses.fields(kind)
        if _KEY in field.metadata
    }
    found = kind(**values)
    found.line = element.line
    return found


def write(value: Any, tag: str, namespace: str) -> Element:
    element = Element(namespace, tag)
    for field in dataclasses.fields(value):
        if _KEY in field.metadata:
            field.metadata[_KEY].write(getattr(value, field.name), element)
    return element
