"""The pages of firmware in a real browser: phone in Chinese, desktop in English, no barriers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from pengcheng.domains.devices import api
from pengcheng.domains.devices.api import firmware
from pengcheng.domains.devices.contracts import Plan
from pengcheng.domains.devices.ops import rollouts
from pengcheng.kernel.context import system_context
from tests.browser import DESKTOP, PHONE, Browse, barriers, sideways
from tests.devices.scenes import GENERIC, add, admin, release, upload
from tests.support.people import holder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SYSTEM = system_context("devices")


def under_way() -> list[str]:
    """A roll-out with a device in each state, and a package that waits."""
    api.save_profile(context=admin(), profile=GENERIC)
    for n in range(5):
        add(f"lamp-{n}", "generic")
    package = release(upload("generic", "lamp-os", "2.0", b"\x7fELF" * 5000))
    upload("generic", "lamp-os", "3.0-rc.1", b"\x7fELF" * 900)
    plan = Plan(package=package.id, stages=(80, 100), bound=50)
    rollout = firmware.start(context=admin(), plan=plan)
    firmware.step_all(context=SYSTEM)
    chosen, _ = firmware.updates(context=admin(), rollout_id=rollout.id)
    said = {"fw_state": "FAILED", "fw_error": "Checksum verification failed!"}
    done = {"current_fw_title": "lamp-os", "current_fw_version": "2.0"}
    for each, facts in zip(chosen, (said, done, {"fw_state": "DOWNLOADING"}), strict=False):
        rollouts.reported(SYSTEM, each.device, facts)
    base = "/workbench/devices/"
    return [f"{base}firmware/", f"{base}firmware/{package.id}/", f"{base}rollouts/{rollout.id}/"]


def test_the_pages_of_firmware_have_no_barriers_and_a_roll_out_is_paused(browse: Browse) -> None:
    paths, boss = under_way(), holder("commander")
    for width, language in ((PHONE, "zh-hans"), (DESKTOP, "en")):
        page = browse(width=width, language=language, account=boss)
        for path in paths:
            page.goto(path)
            assert (path, barriers(page), sideways(page)) == (path, [], 0)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Paused")).to_be_visible()
