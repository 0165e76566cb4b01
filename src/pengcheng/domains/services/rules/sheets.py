"""Which form an item has: its own, or the general one with its materials to hand in."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from msgspec.structs import replace

from pengcheng.domains.services.contracts import Item
from pengcheng.domains.services.rules import library
from pengcheng.kit.forms import definition as forms
from pengcheng.kit.forms.definition import Definition, Page, Question, Text

GENERAL = "general"
FOLDERS = ("forms", "lifeevents", "registration", "outreach")


@cache
def own_forms() -> dict[str, Definition]:
    """The forms made for certain items, by item code."""
    read = [forms.load(path.read_bytes()) for folder in FOLDERS for path in _files(folder)]
    return {form.about: form for form in read if form.about}


def _files(name: str) -> list[Traversable]:
    folder = files("pengcheng.domains.services").joinpath("data", name)
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if path.name.endswith(".json")), key=str)


@cache
def _general() -> Definition:
    folder = files("pengcheng.domains.services").joinpath("data", "forms")
    return forms.load(folder.joinpath(f"{GENERAL}.json").read_bytes())


def form_for(item: Item) -> Definition:
    """The form to apply for this item. Every item has one."""
    own = own_forms().get(item.task_code)
    if own is not None:
        return own
    general = _general()
    title = Text(f"申请：{item.task_name}", f"Application: {item.name_en or item.task_name}")
    pages = tuple(
        _with_materials(page, item) if page.id == "materials" else page for page in general.pages
    )
    return replace(general, about=item.task_code, title=title, pages=pages)


def decided_instantly(item_code: str) -> bool:
    """Whether an application for the item is decided by rule."""
    own = own_forms().get(item_code)
    built = library.entry(own.id) if own is not None else None
    return built is not None and built.way == "instant"


def _with_materials(page: Page, item: Item) -> Page:
    """One file to hand in for each material that the item lists; none is compulsory here, for the
    source says which are needed only in words.
    """
    asked = tuple(
        Question(
            id=f"material-{number}",
            kind="file",
            label=Text(name),
            required=False,
        )
        for number, name in enumerate(item.materials, 1)
    )
    return replace(page, questions=(*asked, *page.questions))
