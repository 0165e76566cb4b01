"""Addresses of devices."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.devices.web import firmware, lists, pages, profiles

workbench_urls = [
    path("devices/", pages.desk, name="desk"),
    path("devices/new/", pages.add, name="new"),
    path("devices/claim/", pages.claim, name="claim"),
    path("devices/import/", lists.take_in, name="import"),
    path("devices/list.<slug:form>", lists.give_out, name="export"),
    path("devices/profiles/", profiles.listed, name="profiles"),
    path("devices/profiles/<slug:profile_id>/", profiles.one, name="profile"),
    path("devices/firmware/", firmware.desk, name="firmware"),
    path("devices/firmware/upload/", firmware.upload, name="upload"),
    path("devices/firmware/<str:package_id>/", firmware.package, name="package"),
    path("devices/firmware/<str:package_id>/release/", firmware.release, name="release"),
    path("devices/firmware/<str:package_id>/start/", firmware.start, name="start"),
    path("devices/rollouts/<str:rollout_id>/", firmware.rollout, name="rollout"),
    path("devices/rollouts/<str:rollout_id>/steer/", firmware.steer, name="steer"),
    path("devices/<str:device_id>/", pages.one, name="device"),
    path("devices/<str:device_id>/token/", pages.renew, name="token"),
    path("devices/<str:device_id>/switch/", pages.switch, name="switch"),
    path("devices/<str:device_id>/command/", pages.command, name="command"),
]
