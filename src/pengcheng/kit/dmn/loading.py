"""From files to a model, with the models it imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pengcheng.kit.dmn import elements, namespaces
from pengcheng.kit.dmn.errors import ModelError
from pengcheng.kit.dmn.model import Model
from pengcheng.kit.dmn.xml import MAX_BYTES

Source = str | Path | bytes
File = tuple[elements.Definitions, str, dict[str, str]]
_MOST_COPIES = 200


def load_model(
    source: Source, imports: Iterable[Source | Model] = (), *, strict: bool = False
) -> Model:
    """A model from a path or from bytes. Raises ModelError with line and element.

    `imports` are the models it may import, in any order. With `strict` the first finding
    (an expression that is not FEEL, a reference to nothing) is an error too.
    """
    try:
        model = _Library(imports).build(*namespaces.read(_bytes(source)))
    except RecursionError as error:
        raise ModelError("the model is nested too deeply") from error
    if strict and model.findings:
        first = model.findings[0]
        raise ModelError(first.message, first.line, first.element)
    return model


class _Library:
    """The models at hand, by namespace.

    Each import is a copy of its own: two models that import a third may be given different
    inputs for it.
    """

    def __init__(self, sources: Iterable[Source | Model]) -> None:
        self.models: dict[str, Model] = {}
        self.files: dict[str, File] = {}
        self.open: list[str] = []
        self.copies = 0
        for source in sources:
            if isinstance(source, Model):
                self.models[source.definitions.namespace] = source
            else:
                found = namespaces.read(_bytes(source))
                self.files[found[0].namespace] = found

    def build(
        self, definitions: elements.Definitions, version: str, prefixes: Mapping[str, str]
    ) -> Model:
        wanted = [
            item
            for item in definitions.imports
            # Data types in XML Schema and predictive models hold nothing to evaluate.
            if not item.type or item.type in namespaces.VERSIONS
        ]
        imported = [(item.name, self._import(item)) for item in wanted]
        owners = {
            prefix: item.name
            for item in wanted
            for prefix, uri in prefixes.items()
            if uri == item.namespace
        }
        return Model(definitions, version, imported, owners)

    def _import(self, item: elements.Import) -> Model:
        if item.namespace in self.models:
            return self.models[item.namespace]
        found = self.files.get(item.namespace)
        if found is None:
            raise ModelError(f"the imported model {item.namespace} is missing", item.line, "import")
        self.copies += 1
        if item.namespace in self.open or self.copies > _MOST_COPIES:
            raise ModelError("models import each other in a circle", item.line, "import")
        self.open.append(item.namespace)
        model = self.build(*found)
        self.open.pop()
        return model


def _bytes(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source
    path = Path(source)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ModelError(f"the file is larger than {MAX_BYTES // 1024 // 1024} MB")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"the file cannot be read: {error.strerror}", 0, path.name) from error
