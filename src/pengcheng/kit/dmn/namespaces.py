"""The versions of DMN this engine reads; it writes 1.5."""

from __future__ import annotations

from typing import Final

from pengcheng.kit.dmn import elements, schema, xml
from pengcheng.kit.dmn.errors import ModelError

VERSIONS: Final = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
WRITTEN: Final = "https://www.omg.org/spec/DMN/20230324/MODEL/"
_PREFIXES: Final = {
    WRITTEN: "",
    "https://www.omg.org/spec/DMN/20230324/DMNDI/": "dmndi",
    "http://www.omg.org/spec/DMN/20180521/DI/": "di",
    "http://www.omg.org/spec/DMN/20180521/DC/": "dc",
}


def read(data: bytes) -> tuple[elements.Definitions, str, dict[str, str]]:
    """The definitions, their DMN version, and the prefixes used in the file."""
    document = xml.parse(data)
    root = document.root
    version = VERSIONS.get(root.namespace)
    if root.name != "definitions" or version is None:
        raise ModelError("this is not a DMN model of versions 1.1 to 1.5", root.line, root.name)
    definitions: elements.Definitions = schema.read(elements.Definitions, root)
    return definitions, version, document.prefixes


def write(definitions: elements.Definitions) -> str:
    return xml.Writer(_PREFIXES).write(schema.write(definitions, "definitions", WRITTEN))
