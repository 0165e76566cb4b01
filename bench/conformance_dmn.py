"""Runs the DMN Technology Compatibility Kit and prints passed and total by level and folder.

    python bench/conformance_dmn.py [PATH] [--json]

A case passes when every result it names is as expected; an expected error is expected null.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = ROOT.parent / "shared" / "conformance" / "dmn-tck"
_SRC = str(ROOT / "src")
if _SRC not in sys.path:
    sys.path.insert(0, _SRC)

from pengcheng.kit.dmn import Model, ModelError, Result, load_model  # noqa: E402
from pengcheng.kit.feel.comparison import equal  # noqa: E402
from pengcheng.kit.feel.temporal import texts  # noqa: E402

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_TOLERANCE = Decimal("0.00000001")  # the kit's own runner compares numbers so


@dataclass
class Folder:
    level: str
    name: str
    passed: int = 0
    results_passed: int = 0
    results: int = 0
    total: int = 0
    failures: list[str] = field(default_factory=list)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [child for child in element if _local(child) == name]


def _simple(element: ElementTree.Element) -> Any:
    if element.get(f"{_XSI}nil") == "true":
        return None
    text = element.text or ""
    kind = (element.get(f"{_XSI}type") or "xsd:string").partition(":")[2]
    readers: dict[str, Any] = {
        "boolean": lambda value: value.strip() == "true",
        "date": texts.parse_date,
        "time": texts.parse_time,
        "dateTime": texts.parse_date_time,
        "duration": texts.parse_duration,
        "yearMonthDuration": texts.parse_duration,
        "dayTimeDuration": texts.parse_duration,
        "string": str,
    }
    numbers = ("decimal", "double", "float", "integer", "int", "long")
    if kind in numbers:
        return Decimal(text.strip())
    return readers[kind](text if kind == "string" else text.strip())


def value_of(element: ElementTree.Element) -> Any:
    """What an input, a component, an item or an expectation holds."""
    lists = _children(element, "list")
    if lists:
        return [value_of(item) for item in _children(lists[0], "item")]
    components = _children(element, "component")
    if components:
        return {item.get("name", ""): value_of(item) for item in components}
    values = _children(element, "value")
    return _simple(values[0]) if values else None


def same(expected: Any, actual: Any) -> bool:
    if isinstance(expected, Decimal) and isinstance(actual, Decimal):
        return abs(expected - actual) <= _TOLERANCE
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            same(value, actual[key]) for key, value in expected.items()
        )
    if type(expected).__name__ in ("Time", "DateTime"):  # to the nanosecond, unlike FEEL's =
        return type(expected) is type(actual) and expected.rank == actual.rank
    return equal(expected, actual) is True


def _ask(
    model: Model, case: ElementTree.Element, name: str, inputs: dict[str, Any]
) -> tuple[Any, Result]:
    if case.get("type") not in ("decisionService", "bkm"):
        result = model.explain(name, inputs, plain=False)
        return result.value, result
    result = model.explain_service(case.get("invocableName", ""), inputs, plain=False)
    value = result.value
    several = isinstance(value, dict) and len(_children(case, "resultNode")) > 1
    return (value.get(name) if several and isinstance(value, dict) else value), result


def _run_case(model: Model, case: ElementTree.Element) -> tuple[int, int, list[str]]:
    inputs = {node.get("name", ""): value_of(node) for node in _children(case, "inputNode")}
    failures: list[str] = []
    results = _children(case, "resultNode")
    for node in results:
        name = node.get("name", "")
        actual, result = _ask(model, case, name, inputs)
        expected = [value_of(item) for item in _children(node, "expected")]
        wanted = expected[0] if expected else None
        if not same(wanted, actual):
            why = "; ".join(str(item) for item in result.diagnostics[:2])
            failures.append(f"{case.get('id')} {name}: {wanted!r} expected, got {actual!r} {why}")
    return len(results) - len(failures), len(results), failures


def run_folder(path: Path) -> Folder:
    folder = Folder(path.parent.name.removeprefix("compliance-"), path.name)
    for file in sorted(path.glob("*.xml")):
        suite = ElementTree.parse(file).getroot()  # noqa: S314 - the kit's own files
        named = _children(suite, "modelName")
        cases = _children(suite, "testCase")
        folder.total += len(cases)
        main = path / (named[0].text or "").strip() if named else path / f"{path.name}.dmn"
        others = [other for other in sorted(path.glob("*.dmn")) if other != main]
        try:
            model = load_model(main, others)
        except ModelError as error:
            folder.failures.append(f"{main.name}: {error}")
            continue
        for case in cases:
            passed, total, failures = _run_case(model, case)
            folder.passed += not failures
            folder.results_passed += passed
            folder.results += total
            folder.failures += failures
    return folder


def run(root: Path) -> Iterator[Folder]:
    for level in sorted((root / "TestCases").glob("compliance-level-*")):
        for path in sorted(item for item in level.iterdir() if item.is_dir()):
            yield run_folder(path)


def _print_table(folders: list[Folder]) -> None:
    for level in sorted({folder.level for folder in folders}):
        mine = [folder for folder in folders if folder.level == level]
        passed, total = sum(f.passed for f in mine), sum(f.total for f in mine)
        share = 100 * passed / max(total, 1)
        print(f"\n{level}: {passed} of {total} cases ({share:.2f} %)")
        for folder in mine:
            mark = "" if folder.passed == folder.total else "  <-"
            print(f"  {folder.name:45} {folder.passed:5} / {folder.total}{mark}")
            for failure in folder.failures:
                print(f"      {failure}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the DMN Technology Compatibility Kit.")
    parser.add_argument("path", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    folders = list(run(options.path))
    if not folders:
        print(f"no test cases under {options.path}; give the path of the kit", file=sys.stderr)
        return 2 if options.path != DEFAULT else 0
    if options.json:
        print(json.dumps([folder.__dict__ for folder in folders], indent=1, ensure_ascii=False))
    else:
        _print_table(folders)
    return int(any(folder.passed < folder.total for folder in folders))


if __name__ == "__main__":
    sys.exit(main())
