"""Firmware: four eyes, stages, going on and stopping by itself, and what devices report."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pengcheng.domains.devices import api, models
from pengcheng.domains.devices.api import firmware
from pengcheng.domains.devices.contracts import Plan, Rollout
from pengcheng.domains.devices.ops import rollouts
from pengcheng.domains.devices.rules.firmware import Stage, chosen, judge
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict, Denied, Invalid
from tests.devices.scenes import Street, add, admin, release, upload
from tests.support.people import person, signed_in

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SYSTEM = system_context("devices")


def begin(count: int = 10, **plan: Any) -> Rollout:
    for n in range(count):
        add(f"lamp-{n}", "generic")
    return firmware.start(context=admin(), plan=Plan(package=released("2.0"), **plan))


def released(version: str) -> str:
    return release(upload("generic", "os", version, f"bytes of {version}".encode() * 30)).id


def now(rollout: Rollout) -> Rollout:
    return firmware.rollout(context=admin(), rollout_id=rollout.id)


def devices(rollout: Rollout, state: str = "") -> list[str]:
    found, _ = firmware.updates(context=admin(), rollout_id=rollout.id, state=state, limit=500)
    return [each.device for each in found]


def report(ids: list[str], version: str = "2.0", state: str = "UPDATED") -> None:
    for each in ids:
        facts = {"fw_state": state}
        if state == "UPDATED":
            facts |= {"current_fw_title": "os", "current_fw_version": version}
        rollouts.reported(SYSTEM, each, facts)


def step() -> int:
    return firmware.step_all(context=SYSTEM)


# --- the rules --------------------------------------------------------------------------


def test_a_larger_share_contains_every_smaller_one_whatever_the_order() -> None:
    ids = [f"d{n}" for n in range(200)]
    parts = [chosen(ids, share, "salt") for share in (1, 10, 50, 100)]
    assert [len(each) for each in parts] == [2, 20, 100, 200]
    assert all(set(a) < set(b) for a, b in pairwise(parts))
    assert chosen(reversed(ids), 10, "salt") == parts[1]
    assert chosen(ids, 10, "another") != parts[1]
    assert len(chosen(["one"], 1, "salt")) == 1


@pytest.mark.parametrize(
    ("counts", "seconds", "last", "verdict"),
    [
        ({"queued": 100}, 9999, False, "wait"),
        ({"updated": 50, "queued": 50}, 59, False, "wait"),
        ({"updated": 50, "queued": 50}, 60, False, "next"),
        ({"updated": 95, "failed": 5}, 60, False, "next"),
        ({"updated": 1, "failed": 6, "queued": 93}, 0, False, "stop"),
        ({"updated": 99, "updating": 1}, 9999, True, "wait"),
        ({"updated": 96, "failed": 4}, 0, True, "done"),
        ({}, 60, False, "next"),
    ],
)
def test_the_verdict_on_a_stage(
    counts: dict[str, int], seconds: float, last: bool, verdict: str
) -> None:
    stage = Stage(sum(counts.values()), counts, seconds, last)
    assert judge(stage, bound=5, hold=60, enough=50) == verdict


# --- packages ---------------------------------------------------------------------------


def test_who_uploaded_does_not_release_and_nothing_unreleased_goes_out(street: Street) -> None:
    package = upload("generic", "os", "1.0", b"x" * 100)
    with pytest.raises(Denied):
        firmware.release(context=admin(), package_id=package.id)
    plan = Plan(package=package.id)
    with pytest.raises(Conflict):
        firmware.start(context=admin(), plan=plan)
    found = release(package)
    assert (found.state, found.released_by, found.size) == ("released", "p-boss", 100)
    with pytest.raises(Conflict):
        upload("generic", "os", "1.0", b"other")
    with pytest.raises(Invalid):
        upload("generic", "os", "1.1", b"")
    firmware.withdraw(context=admin(), package_id=package.id)
    with pytest.raises(Conflict):
        firmware.start(context=admin(), plan=plan)


def test_a_file_that_was_changed_after_the_upload_is_not_signed(
    street: Street, settings: Any
) -> None:
    package = upload("generic", "os", "1.0", b"x" * 100)
    path = f"{settings.PENGCHENG_HOME}/firmware/{package.sha256[:2]}/{package.sha256}"
    with open(path, "r+b") as file:
        file.write(b"evil")
    with pytest.raises(Conflict):
        release(package)


# --- stages -----------------------------------------------------------------------------


def test_it_goes_on_by_itself_stage_by_stage_until_all_are_done(street: Street) -> None:
    with clock.frozen(NOON) as frozen:
        rollout = begin(stages=(10, 50, 100), hold=60)
        for size in (1, 5, 10):
            assert step() == 1
            assert step() == 0, "nothing twice"
            assert len(devices(rollout)) == size
            report(devices(rollout, "queued"))
            frozen.advance(seconds=60)
            assert step() == 1
    assert now(rollout).state == "done"
    lines = audit.entries(resource=Resource(kind="rollout", id=rollout.id))
    assert len(list(lines)) == 7, "begun, three stages taken in, two begun, done"


def test_too_many_failures_stop_it_and_nobody_else_is_offered_it(street: Street) -> None:
    rollout = begin(stages=(50, 100), bound=20, hold=0)
    step()
    first = devices(rollout)
    report(first[:2], state="FAILED")
    assert step() == 1
    assert (now(rollout).state, now(rollout).reason) == ("stopped", "2/5")
    assert step() == 0
    assert not models.Firmware.objects.exclude(target=None).exists()
    firmware.steer(context=admin(), rollout_id=rollout.id, step="resume")
    report(first)
    step()
    step()
    assert len(devices(rollout)) == 10


def test_a_step_that_dies_half_way_leaves_nothing_and_is_made_again_once(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollout = begin(4, stages=(50, 100))
    with monkeypatch.context() as broken:
        broken.setattr(rollouts, "aim", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            step()
    assert devices(rollout) == []
    assert (step(), step()) == (1, 0)
    assert len(devices(rollout)) == 2


def test_it_is_paused_resumed_and_cancelled_and_there_is_one_at_a_time(street: Street) -> None:
    rollout = begin(2, stages=(100,))
    steer = {"context": admin(), "rollout_id": rollout.id}
    with pytest.raises(Conflict):
        firmware.start(context=admin(), plan=Plan(package=rollout.package.id))
    step()
    firmware.steer(**steer, step="pause")
    assert (step(), models.Firmware.objects.filter(target=None).count()) == (0, 2)
    firmware.steer(**steer, step="resume")
    assert models.Firmware.objects.filter(target=None).count() == 0
    assert firmware.steer(**steer, step="cancel").state == "cancelled"
    with pytest.raises(Conflict):
        firmware.steer(**steer, step="resume")
    assert firmware.start(context=admin(), plan=Plan(package=rollout.package.id)).stage == 0


def test_it_is_taken_back_to_what_each_device_had(street: Street) -> None:
    first = begin(3, stages=(100,))
    step()
    report(devices(first))
    step()
    stranger = add("lamp-9", "generic").device.id
    second = firmware.start(
        context=admin(), plan=Plan(package=released("3.0"), stages=(100,), hold=0)
    )
    step()
    report(devices(second), "3.0")
    firmware.steer(context=admin(), rollout_id=second.id, step="back")
    assert devices(second, "left") == [stranger], "nobody knows what it had"
    targets = models.Firmware.objects.exclude(device=stranger).values_list("target__version")
    assert set(targets) == {("2.0",)}
    report(devices(second, "queued"), "2.0")
    step()
    assert now(second).state == "returned"


def test_plans_that_cannot_be_are_refused(street: Street) -> None:
    package = released("1.0")
    for wrong in ({"stages": (10, 50)}, {"stages": (50, 10, 100)}, {"bound": 101}, {"hold": -1}):
        with pytest.raises(Invalid):
            firmware.start(context=admin(), plan=Plan(package=package, **wrong))


# --- on the line ------------------------------------------------------------------------


def test_a_device_that_only_calls_updates_itself_over_http(street: Street) -> None:
    shown = add("lamp-0", "generic")
    rollout = firmware.start(context=admin(), plan=Plan(package=released("2.0"), stages=(100,)))
    own = f"/ingest/v1/{shown.token}"
    assert street.get(f"{own}/attributes", shown.token).body["shared"] == {}
    step()
    street.run(street.house.crew.refresh())
    told = street.get(f"{own}/attributes?sharedKeys=fw_size,fw_title", shown.token).body
    assert told["shared"] == {"fw_title": "os", "fw_size": 360}
    asked = f"{own}/firmware?title=os&version=2.0&size=100&chunk="
    pieces = [street.get(f"{asked}{n}", shown.token).body for n in range(5)]
    assert b"".join(pieces) == b"bytes of 2.0" * 30
    assert [len(each) for each in pieces] == [100, 100, 100, 60, 0]
    assert street.get(f"{own}/firmware?title=os&version=1.0", shown.token).status == 404
    assert street.get(f"{own}/firmware?title=os&version=2.0&size=1", shown.token).status == 422
    body = {"fw_state": "FAILED", "fw_error": "no power", "temp": 3}
    assert street.post(f"{own}/telemetry", body, shown.token).body["stored"] == 1
    (found,), _ = firmware.updates(context=admin(), rollout_id=rollout.id)
    assert (found.state, found.error) == ("failed", "no power")
    report([shown.device.id], state="DOWNLOADING")
    body = {"current_fw_title": "os", "current_fw_version": "1.0", "fw_state": "UPDATED"}
    street.post(f"{own}/telemetry", body, shown.token)
    (found,), _ = firmware.updates(context=admin(), rollout_id=rollout.id)
    assert (found.state, found.attempts, found.current) == ("downloading", 1, "os 1.0")
    assert api.latest(context=admin(), device=shown.device)[0].value == 3


# --- pages and programs -----------------------------------------------------------------


def browser(name: str, role: str) -> Client:
    found = signed_in(person(name, roles=(role,), kind="official"))
    found.get("/?lang=en")
    return found


def test_one_uploads_another_releases_and_steers_in_the_workbench(street: Street) -> None:
    add("lamp-0", "generic")
    one, other = browser("fw-one", "admin"), browser("fw-two", "commander")
    base = "/workbench/devices/firmware/"
    body = {"profile": "generic", "title": "os", "version": "2.0"}
    file = SimpleUploadedFile("os.bin", b"\x7fELF" * 100)
    assert one.post(f"{base}upload/", body).status_code == 422
    place = one.post(f"{base}upload/", {**body, "file": file}).headers["Location"]
    assert "somebody else" in one.get(place).content.decode()
    assert one.post(f"{place}release/", {"do": "release"}).status_code == 403
    assert other.post(f"{place}release/", {"do": "release"}).status_code == 302
    plan = {"stages": "50,100", "bound": 5, "minutes": 0, "enough": 50}
    assert other.post(f"{place}start/", {**plan, "stages": "100,50"}).status_code == 422
    rollout = other.post(f"{place}start/", plan).headers["Location"]
    step()
    shown = other.get(rollout).content.decode()
    assert "lamp-0" in shown
    assert "0 of 1 devices run it" in shown
    assert other.post(f"{rollout}steer/", {"do": "pause"}).status_code == 302
    assert "Paused" in other.get(rollout).content.decode()
    assert "Paused" in other.get(base).content.decode()
    assert browser("fw-three", "official").post(f"{rollout}steer/").status_code == 403


def test_a_package_says_who_in_words_and_a_roll_out_to_nobody_says_so(street: Street) -> None:
    package, boss = released("2.0"), browser("fw-lone", "commander")
    place = f"/workbench/devices/firmware/{package}/"
    english = boss.get(place).content.decode()
    assert "An official" in english
    assert "p-admin" not in english
    plan = {"stages": "100", "bound": 5, "minutes": 0, "enough": 50}
    rollout = boss.post(f"{place}start/", plan).headers["Location"]
    assert "There is no such device yet" in boss.get(rollout).content.decode()
    boss.get("/?lang=zh-hans")
    assert "工作人员" in boss.get(place).content.decode()
    assert "目前没有符合条件的设备" in boss.get(rollout).content.decode()


def test_programs_start_steer_and_read_roll_outs(street: Street) -> None:
    add("lamp-0", "generic")
    package, boss = released("2.0"), browser("fw-boss", "commander")
    base = "/api/v1/devices"

    def post(path: str, body: Any) -> Any:
        return boss.post(f"{base}{path}", body, content_type="application/json")

    made = post("/rollouts", {"package": package, "stages": [100]})
    assert made.status_code == 201
    own = f"/rollouts/{made.json()['id']}"
    step()
    found = boss.get(f"{base}{own}").json()
    assert (found["state"], found["devices"][0]["state"]) == ("running", "queued")
    assert post(f"{own}/steps", {"step": "cancel"}).json()["state"] == "cancelled"
    assert post(f"{own}/steps", {"step": "resume"}).status_code == 409
    listed = boss.get(f"{base}/firmware").json()
    assert listed["items"][0]["key"] == listed["jwks"]["keys"][0]["kid"]
