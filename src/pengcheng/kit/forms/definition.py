"""What a form is. A wrong file is refused with the place named."""

from __future__ import annotations

import msgspec

from pengcheng.kit.forms import checking
from pengcheng.kit.forms.parts import (
    NO_TEXT,
    Binding,
    Check,
    Condition,
    Definition,
    Kind,
    Option,
    OptionList,
    Page,
    Question,
    Repeat,
    Section,
    Text,
    Trust,
    When,
)

__all__ = [
    "NO_TEXT",
    "Binding",
    "Check",
    "Condition",
    "Definition",
    "FormError",
    "Kind",
    "Option",
    "OptionList",
    "Page",
    "Question",
    "Repeat",
    "Section",
    "Text",
    "Trust",
    "When",
    "check",
    "load",
    "read",
]


class FormError(ValueError):
    """A form file cannot be used; says where and why."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where, self.message = where, message


def read(data: bytes) -> Definition:
    """The form as written, without looking whether it makes sense. Raises FormError."""
    try:
        return msgspec.json.decode(data, type=Definition)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise FormError(str(error)) from error
    except RecursionError as error:
        raise FormError("the file is nested too deeply") from error


def load(data: bytes) -> Definition:
    """Read a form that can be used. Raises FormError."""
    definition = read(data)
    check(definition)
    return definition


def check(definition: Definition) -> None:
    """Raises FormError for the first thing that is not right; `checking.faults` names all."""
    for fault in checking.faults(definition):
        raise FormError(fault.message, fault.where)
