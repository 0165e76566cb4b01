"""In a real browser: every kind of question on a phone, and the editor on a desk."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from pengcheng.domains.services.ops import forms as current_forms
from pengcheng.kit.forms import definition as forms
from pengcheng.kit.forms.parts import Kind
from tests.browser import barriers
from tests.services import scenes
from tests.services.test_registers import know
from tests.support import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def ask(kind: str, **more: Any) -> dict[str, Any]:
    label = both(f"问题 {kind}", f"Question {kind}")
    told = {"id": kind.replace("_", "-"), "kind": kind, "label": label, "required": False}
    listed = {"choice": "pets", "choices": "pets", "lookup": "pets", "address": "pets"}
    if kind in listed:
        told["list"] = listed[kind]
    if kind == "computed":
        told |= {"formula": "number * 2", "shown_as": "money"}
    return told | more


PETS = [
    {"value": value, "label": both(zh, en)}
    for value, zh, en in (("cat", "小猫", "Cat"), ("dog", "小狗", "Dog"), ("owl", "猫头鹰", "Owl"))
]
NAME = {
    "id": "name",
    "kind": "text",
    "label": both("姓名", "Name"),
    "binding": {"registry": "identity.person", "attribute": "name", "lock": True},
}
EVERYTHING = {
    "id": "everything",
    "title": both("样样都有", "Everything"),
    "about": scenes.COPYRIGHT,
    "lists": [{"id": "pets", "options": PETS}],
    "pages": [
        {"id": "you", "title": both("您", "You"), "questions": [NAME]},
        {
            "id": "all",
            "title": both("各类问题", "All kinds"),
            "questions": [ask(kind) for kind in get_args(Kind)]
            + [ask("integer", id="age", required=True, minimum=1)],
        },
        {
            "id": "children",
            "title": both("子女", "Children"),
            "repeat": {"item": both("子女", "Child"), "minimum": 1, "maximum": 3},
            "questions": [ask("text", id="child", required=True)],
        },
    ],
    "sections": [
        {"id": "s1", "title": both("基本信息", "About you"), "pages": ["you", "all"]},
        {"id": "s2", "title": both("家庭", "Family"), "pages": ["children"], "after": ["s1"]},
    ],
}


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    made, shipped = forms.load(json.dumps(EVERYTHING).encode()), current_forms.form_of
    monkeypatch.setattr(
        current_forms,
        "form_of",
        lambda item, given: made if item.task_code == scenes.COPYRIGHT else shipped(item, given),
    )


def clear(page: Any, where: str) -> None:
    assert not barriers(page), where
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, where


def test_every_kind_of_question_on_a_phone(live_server, city, browse, everything) -> None:
    citizen = people.holder("citizen")
    know(citizen, name="陈晓明（虚构）")
    page = browse(width=390, account=citizen)
    go = page.get_by_role("button", name="保存并继续")
    page.goto(f"/services/{scenes.COPYRIGHT}/apply/")
    page.click("form .pc-button--start")
    assert page.get_by_text("暂不能开始").count() == 1
    clear(page, "tasks")
    page.get_by_role("link", name="基本信息").click()
    assert page.get_by_text("陈晓明（虚构）").count()
    clear(page, "facts")
    page.get_by_role("link", name="信息有误").click()
    clear(page, "wrong")
    page.go_back()
    go.click()
    page.fill("#id_number", "many")
    page.fill("#id_lookup", "猫")
    go.click()
    clear(page, "errors")
    page.click(".pc-errors a[href='#id_age']")
    assert page.evaluate("document.activeElement.id") == "id_age"
    page.fill("#id_age", "30")
    page.fill("#id_number", "21")
    page.fill("#id_lookup", "猫头鹰")
    go.click()
    page.get_by_role("link", name="家庭").click()
    page.fill("#id_child", "小明（虚构）")
    go.click()
    clear(page, "group")
    go.click()
    page.get_by_role("link", name="核对").click()
    assert page.get_by_text("42.00 元").count() == 1
    clear(page, "check")


def test_the_editor_on_a_desk_has_no_barriers(live_server, city, browse) -> None:
    page = browse(width=1440, language="en", account=people.holder("steward"))
    page.goto("/workbench/forms/?q=著作权")
    assert not (found := barriers(page)), "\n".join(found)
    page.locator(f"form[action*='{scenes.COPYRIGHT}'] button").click()
    assert not (found := barriers(page)), "\n".join(found)
    page.locator(".fe-questions a").first.click()
    page.fill("#id_when", "nothing >")
    page.fill("#id_label_en", "A new question")
    page.locator("#id_label_zh").click()
    page.locator("#preview").get_by_text("A new question").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.locator(".pc-errors a[href='#id_when']").count() == 1
    assert not (found := barriers(page)), "\n".join(found)
