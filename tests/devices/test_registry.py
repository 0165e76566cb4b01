"""Registering devices, keys and claims, lists in and out, and the pages for it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pengcheng.domains.devices import api
from pengcheng.domains.devices.contracts import NewDevice
from pengcheng.kernel.problems import Denied, Invalid, NotFound
from tests.devices.scenes import Street, add, admin
from tests.support.people import person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    found = signed_in(person("dev-admin", roles=("admin",), kind="official"))
    found.get("/?lang=en")
    return found


def test_a_list_is_taken_whole_or_not_at_all(street: Street) -> None:
    good = NewDevice(name="a-1", profile="weather")
    bad = NewDevice(name="a-2", profile="nothing", longitude=200.0, latitude=1.0)
    with pytest.raises(Invalid) as told:
        api.save(context=admin(), devices=[good, bad])
    assert {each.pointer for each in told.value.errors} == {"/1/profile", "/1/longitude"}
    assert api.devices(context=admin())[1] == 0


def test_only_who_may_registers(street: Street) -> None:
    with pytest.raises(Denied):
        api.save(context=admin("commander"), devices=[NewDevice(name="a", profile="weather")])


def test_the_code_on_a_device_claims_it_once(street: Street) -> None:
    shown = add("a-1")
    found = api.claim(context=admin("grid_worker"), code=shown.claim_code.lower(), owner="Lighting")
    assert (found.id, found.owner) == (shown.device.id, "Lighting")
    with pytest.raises(NotFound):
        api.claim(context=admin(), code=shown.claim_code, owner="Somebody")


def test_a_certificate_belongs_to_one_device(street: Street) -> None:
    one, other = add("a-1"), add("a-2")
    mark = ":".join(["AB"] * 32)
    api.add_certificate(context=admin(), device_id=one.device.id, kind="fingerprint", value=mark)
    street.directory.load()
    assert street.directory.by_mark("fingerprint", "ab" * 32).name == "a-1"
    with pytest.raises(Exception, match="certificate"):
        api.add_certificate(
            context=admin(), device_id=other.device.id, kind="fingerprint", value=mark
        )


def test_the_token_is_on_the_page_once(street: Street, browser: Client) -> None:
    sent = {"name": "b-1", "profile": "weather", "rate": "20", "title": "Bay"}
    page = browser.post("/workbench/devices/new/", sent).content.decode()
    device = api.device(context=admin(), device_id="b-1")
    street.directory.load()
    token = page.split("<code>")[1].split("</code>")[0]
    assert street.directory.by_token(token).id == device.id
    again = browser.get(f"/workbench/devices/{device.id}/").content.decode()
    assert token not in again
    assert "<code>" not in again


def test_a_reading_can_be_followed_to_the_page(street: Street, browser: Client) -> None:
    shown = add("b-1", title="Bay")
    for n in range(3):
        message = {"ts": 1_780_000_000 + n * 60, "values": {"temp": 20 + n}}
        street.post("/ingest/readings", message, shown.token)
    street.post("/ingest/readings", {"temp": 99}, shown.token)
    street.run(street.house.crew.write())
    page = browser.get(f"/workbench/devices/{shown.device.id}/").content.decode()
    assert "Temperature" in page
    assert "<polyline" in page
    assert "above the range" in page
    listed = browser.get("/workbench/devices/?q=Bay").content.decode()
    assert f"/workbench/devices/{shown.device.id}/" in listed


def test_what_is_given_out_can_be_read_in_again(street: Street, browser: Client) -> None:
    add("c-1", title="=1+1", group="bridge", longitude=114.1, latitude=22.5)
    for form in ("csv", "json"):
        out = browser.get(f"/workbench/devices/list.{form}?group=bridge").content
        assert b"c-1" in out
        changed = out.replace(b"bridge", b"harbour")
        file = SimpleUploadedFile(f"list.{form}", changed)
        assert browser.post("/workbench/devices/import/", {"file": file}).status_code == 302
        found = api.device(context=admin(), device_id="c-1")
        assert (found.group, found.title, found.longitude) == ("harbour", "=1+1", 114.1)
        file = SimpleUploadedFile(f"list.{form}", changed.replace(b"harbour", b"bridge"))
        browser.post("/workbench/devices/import/", {"file": file})


def test_a_bad_list_is_refused_with_the_row(street: Street, browser: Client) -> None:
    file = SimpleUploadedFile("l.csv", b"name,profile\nok,weather\nnot ok,weather\n")
    page = browser.post("/workbench/devices/import/", {"file": file})
    assert page.status_code == 422
    assert "Row 2, name" in page.content.decode()
    for raw in (b"", b"[1]", b"\xff\xfe", b"a,b\n1,2\n"):
        file = SimpleUploadedFile("l.csv", raw)
        assert browser.post("/workbench/devices/import/", {"file": file}).status_code == 422


def test_a_mapping_is_tried_on_a_sample_before_it_is_kept(street: Street, browser: Client) -> None:
    sent = {
        "mapping": "a.b[1] = volume * 0.5 + 1",
        "time_path": "",
        "sample": '{"a": {"b": [0, 8]}}',
        "do": "preview",
    }
    address = "/workbench/devices/profiles/meter/"
    page = browser.post(address, sent).content.decode()
    assert ">5<" in page
    assert api.profile(context=admin(), profile_id="meter").mapping[0].path == "d.reg[0].v"
    assert browser.post(address, sent | {"do": "save"}).status_code == 302
    kept = api.profile(context=admin(), profile_id="meter").mapping
    assert [(each.path, each.scale, each.offset) for each in kept] == [("a.b[1]", 0.5, 1.0)]
    assert browser.post(address, sent | {"mapping": "no row"}).status_code == 422
