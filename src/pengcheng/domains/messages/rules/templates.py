"""Templates as data: reading them, what is wrong with one, and filling one in."""

import re

import msgspec

from pengcheng.domains.messages.contracts import Preview, Template, Text, Value, Values

SAFE_OUTSIDE = frozenset({"reference"})
"""The only variables that may leave the house by SMS or e-mail: nothing about the person."""
LONGEST_SHORT = 140
PLACE = re.compile(r"\{(\w+)\}")


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `data/messages.toml` of a domain."""

    template: tuple[Template, ...] = ()


def read(content: dict[str, object], domain: str) -> tuple[Template, ...]:
    """The templates of a domain's file. Raises ValueError that names what is wrong."""
    templates = msgspec.convert(content, Sheet).template
    faults = [fault for template in templates for fault in faults_of(template, domain)]
    names = [template.id for template in templates]
    faults += [f"{name}: defined twice" for name in sorted(set(names)) if names.count(name) > 1]
    if faults:
        raise ValueError("; ".join(faults))
    return templates


def faults_of(template: Template, domain: str) -> list[str]:
    """What must be mended before this template may be used."""
    found = [] if template.id.startswith(f"{domain}.") else [f"does not begin with {domain}."]
    said = {"title": template.title, "body": template.body}
    if template.short:
        said["short"] = template.short
    declared = set(template.variables)
    for name, text in said.items():
        found += _faults_of_text(name, text, declared)
    if template.short:
        found += _faults_outside(template.short)
    used = {place for text in said.values() for place in _places(text.zh)}
    found += [f"{name} is declared but not used" for name in sorted(declared - used)]
    if set(template.sample) != declared:
        found.append("the sample must give exactly the declared variables")
    return [f"{template.id}: {fault}" for fault in found]


def _faults_of_text(name: str, text: Text, declared: set[str]) -> list[str]:
    found = [f"{name} has no {tongue}" for tongue in ("zh", "en") if not getattr(text, tongue)]
    if _places(text.zh) != _places(text.en):
        found.append(f"{name} does not use the same variables in both languages")
    places = _places(text.zh) | _places(text.en)
    return found + [f"{name} uses {place} undeclared" for place in sorted(places - declared)]


def _faults_outside(short: Text) -> list[str]:
    places = (_places(short.zh) | _places(short.en)) - SAFE_OUTSIDE
    found = [f"short must not tell {place}" for place in sorted(places)]
    if len(short.zh) > LONGEST_SHORT or len(short.en) > 2 * LONGEST_SHORT:
        found.append("short is too long")
    return found


def _places(text: str) -> set[str]:
    return set(PLACE.findall(text))


def missing(template: Template, values: Values) -> tuple[list[str], list[str]]:
    """The variables that lack a value, and the values that nobody asked for."""
    declared = set(template.variables)
    return sorted(declared - set(values)), sorted(set(values) - declared)


def fill(text: Text, values: Values) -> Text:
    """The text with its variables filled in; a value is never read as a template again."""
    return Text(_fill(text.zh, values, "zh"), _fill(text.en, values, "en"))


def _fill(text: str, values: Values, language: str) -> str:
    return PLACE.sub(lambda match: _said(values[match[1]], language), text)


def _said(value: Value, language: str) -> str:
    return value.text(language) if isinstance(value, Text) else value


def preview(template: Template) -> Preview:
    """How the template reads with its sample values."""
    short = fill(template.short, template.sample) if template.short else None
    return Preview(
        template=template,
        title=fill(template.title, template.sample),
        body=fill(template.body, template.sample),
        short=short,
    )
