"""Lists that others keep: filled into a form before it is drawn, so that all the rest is pure."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from pengcheng.kit.forms.parts import Definition, Option, OptionList

Supply = Callable[[str], tuple[Option, ...]]
"""The options of a source by its name; an unknown one gives none."""


def filled(definition: Definition, supply: Supply) -> Definition:
    """The form with the options of every list that has a source."""
    if not any(each.source for each in definition.lists):
        return definition
    return replace(definition, lists=tuple(_filled(each, supply) for each in definition.lists))


def _filled(each: OptionList, supply: Supply) -> OptionList:
    if not each.source:
        return each
    return replace(each, options=supply(each.source) or each.options)
