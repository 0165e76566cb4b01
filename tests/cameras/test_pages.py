"""The workbench as people meet it, and the demo's cameras."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from pengcheng.demo import cameras as demo
from pengcheng.domains.cameras import api
from tests.cameras.scenes import CAMERAS, RECORDER, SYSTEM, add, items
from tests.support.people import holder, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def commander(db: None) -> Client:
    return signed_in(holder("commander"))


def test_a_device_is_entered_its_password_shown_once_and_it_is_ended(commander: Client) -> None:
    filled = {"number": RECORDER, "name": "南山录像机", "algorithm": "SHA-256"}
    made = commander.post(reverse("cameras:new"), filled).content.decode()
    password = made.partition('<code translate="no">')[2].partition("<")[0]
    assert len(password) == 16
    assert commander.post(reverse("cameras:new"), filled).status_code == 422
    address = reverse("cameras:source", args=[RECORDER])
    assert password not in commander.get(address).content.decode()
    again = commander.post(reverse("cameras:renew", args=[RECORDER])).content.decode()
    assert '<code translate="no">' in again
    assert password not in again
    ended = commander.post(reverse("cameras:end", args=[RECORDER]), follow=True)
    assert "已停用" in ended.content.decode()
    assert RECORDER in commander.get(reverse("cameras:sources")).content.decode()


def test_every_page_says_that_no_picture_is_taken(commander: Client) -> None:
    add()
    api.take_catalogue(context=SYSTEM, number=RECORDER, items=items())
    camera = api.camera(context=SYSTEM, camera_id=CAMERAS[0])
    for address in (
        reverse("cameras:desk"),
        reverse("cameras:sources"),
        reverse("cameras:new"),
        reverse("cameras:source", args=[RECORDER]),
        reverse("cameras:camera", args=[camera.id]),
    ):
        assert "不进行人脸识别" in commander.get(address).content.decode()


def test_the_list_is_searched_and_taken_away(commander: Client) -> None:
    add()
    api.take_catalogue(context=SYSTEM, number=RECORDER, items=items(*CAMERAS[:2]))
    table = commander.get(reverse("cameras:export"), {"q": "0000002"}).content.decode()
    assert CAMERAS[1] in table
    assert CAMERAS[0] not in table
    shown = commander.get(reverse("cameras:desk"), {"state": "online", "page": "x"})
    assert "没有符合条件的摄像机" in shown.content.decode()


def test_the_demo_is_marked_stays_online_and_is_loaded_once(commander: Client) -> None:
    assert demo.load(lambda done, total: None) == 9
    assert demo.load(lambda done, total: None) == 9
    shown = commander.get(reverse("cameras:desk"), {"state": "online"}).content.decode()
    assert "模拟数据" in shown
    assert "共 7 个摄像机" in shown
