"""The fields of the form editor: a question, a page, a list, each there and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from django import forms
from django.utils.translation import gettext_lazy as _

from pengcheng.domains.identity.contracts import REGISTERS
from pengcheng.kit.forms import editing
from pengcheng.kit.forms.parts import (
    Binding,
    Check,
    Definition,
    Kind,
    Option,
    OptionList,
    Page,
    Question,
    Repeat,
    Text,
)

KINDS = {
    "text": _("Text, one line"),
    "textarea": _("Text, several lines"),
    "number": _("Any number"),
    "integer": _("Whole number"),
    "money": _("Amount of money"),
    "date": _("Date"),
    "month": _("Year and month"),
    "choice": _("One of several"),
    "choices": _("Several of several"),
    "lookup": _("One of a long list"),
    "yesno": _("Yes or no"),
    "mobile": _("Mobile number"),
    "phone": _("Telephone number"),
    "email": _("E-mail address"),
    "account_number": _("Bank account number"),
    "resident_id": _("Resident ID number"),
    "organisation_code": _("Unified social credit code"),
    "address": _("Address"),
    "file": _("File"),
    "declaration": _("Statement of truth"),
    "computed": _("Computed value"),
    "note": _("Words between questions"),
}
SHOWN_AS = {
    "text": _("Text"),
    "number": _("Any number"),
    "money": _("Amount of money"),
    "date": _("Date"),
    "yesno": _("Yes or no"),
}
MISSING = {
    "ask": _("Ask the person"),
    "block": _("Stop the application"),
    "counter": _("Leave it to the counter"),
}


def words(label: Any, *, rows: int = 0, needed: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, required=needed, widget=widget, max_length=500)


def feel(label: Any, hint: Any) -> forms.CharField:
    attrs = {"spellcheck": "false", "autocomplete": "off", "class": "fe-feel"}
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(
        label=label, help_text=hint, required=False, widget=widget, max_length=2000
    )


class OptionLines(forms.CharField):
    """One option a line: ``value | 中文 | English``; the value may be left out."""

    def __init__(self, **more: Any) -> None:
        hint = _("One a line: value | Chinese | English.")
        widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})
        super().__init__(required=False, widget=widget, help_text=hint, max_length=40_000, **more)


def read_options(text: str, before: Iterable[Option]) -> tuple[Option, ...]:
    """The options of the lines; what a line has no place for stays as it was."""
    known = {option.value: option for option in before}
    found = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        parts = [part.strip() for part in line.split("|")]
        value = parts[0] if len(parts) > 2 else f"o{number}"
        zh, en = (parts[-2], parts[-1]) if len(parts) > 1 else (parts[0], parts[0])
        old = known.get(value, Option(value, Text()))
        found.append(Option(value, Text(zh, en), old.hint, old.when, old.words))
    return tuple(found)


def write_options(options: Iterable[Option]) -> str:
    return "\n".join(f"{o.value} | {o.label.zh} | {o.label.en}" for o in options)


# --- a question -------------------------------------------------------------------------


class QuestionForm(forms.Form):
    id = forms.CharField(
        label=_("Id"), max_length=40, help_text=_("Conditions name the answer by it.")
    )
    kind = forms.ChoiceField(
        label=_("Kind of question"), choices=[(k, KINDS[k]) for k in get_args(Kind)]
    )
    label_zh = words(_("Question in Chinese"), needed=True)
    label_en = words(_("Question in English"), needed=True)
    hint_zh = words(_("Hint in Chinese"), rows=2)
    hint_en = words(_("Hint in English"), rows=2)
    required = forms.BooleanField(label=_("An answer is compulsory"), required=False)
    required_when = feel(_("Compulsory only if"), _("FEEL; leave it empty if it always is."))
    when = feel(_("Asked only if"), _("FEEL over earlier answers, such as age >= 18."))
    options = OptionLines(label=_("Options"))
    list = forms.ChoiceField(label=_("Options from a list"), required=False)
    valid = feel(_("The answer must fulfil"), _("FEEL; the answer itself is called value."))
    message_zh = words(_("What to say otherwise, in Chinese"))
    message_en = words(_("What to say otherwise, in English"))
    minimum = forms.FloatField(label=_("Smallest number"), required=False)
    maximum = forms.FloatField(label=_("Largest number"), required=False)
    max_length = forms.IntegerField(label=_("Most characters"), min_value=1, max_value=10_000)
    formula = feel(_("Formula of a computed value"), _("FEEL, such as count(children) * 300."))
    shown_as = forms.ChoiceField(label=_("Shown as"), choices=[*SHOWN_AS.items()])
    binding = forms.ChoiceField(label=_("A register knows it"), required=False)
    lock = forms.BooleanField(label=_("Only the register may say it"), required=False)
    on_missing = forms.ChoiceField(
        label=_("If the register has nothing"), choices=[*MISSING.items()]
    )

    use_required_attribute = False

    def __init__(self, form: Definition, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["list"].choices = [("", "–"), *((one.id, one.id) for one in form.lists)]
        fields["binding"].choices = [("", "–"), *_attributes()]
        for name in fields:
            fields[name].widget.attrs.setdefault("autocomplete", "off")

    def question(self, before: Question | None) -> Question:
        """What was filled in; what the editor has no field for stays as it was."""
        told = self.cleaned_data
        required: bool | str = told["required_when"] or told["required"]
        kept = {name: getattr(before, name) for name in KEPT} if before else {}
        return Question(
            id=told["id"],
            kind=told["kind"],
            label=Text(told["label_zh"], told["label_en"]),
            hint=Text(told["hint_zh"], told["hint_en"]),
            required=required if told["required"] else False,
            when=told["when"] or None,
            options=read_options(told["options"], before.options if before else ()),
            list=told["list"],
            checks=_checks(told, before),
            minimum=told["minimum"],
            maximum=told["maximum"],
            max_length=told["max_length"],
            formula=told["formula"],
            shown_as=told["shown_as"],
            binding=_binding(told, before),
            **kept,
        )


KEPT = ("pattern", "complaint", "autocomplete", "decimals", "unit")


def _attributes() -> Iterable[tuple[str, str]]:
    for register in REGISTERS:
        for attribute in register.attributes:
            name = f"{register.id}#{attribute}"
            yield name, f"{register.zh} · {attribute}"


def _checks(told: dict[str, Any], before: Question | None) -> tuple[Check, ...]:
    others = before.checks[1:] if before else ()
    if not told["valid"]:
        return others
    message = Text(told["message_zh"], told["message_en"])
    return (Check(valid=told["valid"], message=message), *others)


def _binding(told: dict[str, Any], before: Question | None) -> Binding | str:
    registry, _hash, attribute = told["binding"].partition("#")
    if not attribute:
        old = before.binding if before else ""
        return old if isinstance(old, str) else ""
    trust = before.bound.trust if before and before.bound else "A"
    return Binding(
        registry=registry,
        attribute=attribute,
        trust=trust,
        lock=told["lock"],
        on_missing=told["on_missing"],
    )


def question_facts(form: Definition, question: Question) -> dict[str, Any]:
    """The question as the fields show it."""
    check, bound = (question.checks or (None,))[0], question.bound
    return {
        "id": question.id,
        "kind": question.kind,
        "label_zh": question.label.zh,
        "label_en": question.label.en,
        "hint_zh": question.hint.zh,
        "hint_en": question.hint.en,
        "required": bool(question.required),
        "required_when": question.required if isinstance(question.required, str) else "",
        "when": editing.as_feel(form, question.when),
        "options": write_options(question.options),
        "list": question.list,
        "valid": check.valid if check else "",
        "message_zh": check.message.zh if check else "",
        "message_en": check.message.en if check else "",
        "minimum": question.minimum,
        "maximum": question.maximum,
        "max_length": question.max_length,
        "formula": question.formula,
        "shown_as": question.shown_as,
        "binding": f"{bound.registry}#{bound.attribute}" if bound else "",
        "lock": bound.lock if bound else False,
        "on_missing": bound.on_missing if bound else "ask",
    }


# --- a page, a list ---------------------------------------------------------------------


class PageFields(forms.Form):
    id = forms.CharField(label=_("Id"), max_length=40)
    title_zh = words(_("Title in Chinese"), needed=True)
    title_en = words(_("Title in English"), needed=True)
    intro_zh = words(_("Introduction in Chinese"), rows=2)
    intro_en = words(_("Introduction in English"), rows=2)
    when = feel(_("Asked only if"), _("FEEL over earlier answers, such as age >= 18."))
    repeat = forms.BooleanField(label=_("Asked once for each member of a group"), required=False)
    item_zh = words(_("What a member is called, in Chinese"))
    item_en = words(_("What a member is called, in English"))
    least = forms.IntegerField(label=_("Fewest members"), min_value=0, max_value=100, initial=0)
    most = forms.IntegerField(label=_("Most members"), min_value=1, max_value=100, initial=10)

    def page(self, before: Page | None) -> Page:
        told = self.cleaned_data
        return Page(
            id=told["id"],
            title=Text(told["title_zh"], told["title_en"]),
            intro=Text(told["intro_zh"], told["intro_en"]),
            when=told["when"] or None,
            questions=before.questions if before else (),
            repeat=_repeat(told, before) if told["repeat"] else None,
        )


def _repeat(told: dict[str, Any], before: Page | None) -> Repeat:
    old = before.repeat if before and before.repeat else Repeat(item=Text())
    return Repeat(
        item=Text(told["item_zh"], told["item_en"]),
        add=old.add,
        minimum=told["least"],
        maximum=told["most"],
        summary=old.summary,
    )


def page_facts(form: Definition, page: Page) -> dict[str, Any]:
    repeat = page.repeat
    return {
        "id": page.id,
        "title_zh": page.title.zh,
        "title_en": page.title.en,
        "intro_zh": page.intro.zh,
        "intro_en": page.intro.en,
        "when": editing.as_feel(form, page.when),
        "repeat": repeat is not None,
        "item_zh": repeat.item.zh if repeat else "",
        "item_en": repeat.item.en if repeat else "",
        "least": repeat.minimum if repeat else 0,
        "most": repeat.maximum if repeat else 10,
    }


class ListFields(forms.Form):
    id = forms.CharField(label=_("Id"), max_length=40)
    options = OptionLines(label=_("Options"))
    source = forms.CharField(
        label=_("Kept elsewhere under"),
        required=False,
        max_length=60,
        help_text=_("Such as places.districts:4403 for the districts of Shenzhen."),
    )

    def options_list(self, before: OptionList | None) -> OptionList:
        told = self.cleaned_data
        options = read_options(told["options"], before.options if before else ())
        return OptionList(id=told["id"], options=options, source=told["source"])
