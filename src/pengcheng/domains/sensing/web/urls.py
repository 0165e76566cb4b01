"""Addresses of sensing."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.sensing.web import pages

workbench_urls = [
    path("sensing/", pages.desk, name="desk"),
    path("sensing/limits/", pages.limits, name="limits"),
    path("sensing/replays/<slug:replay_id>/", pages.control, name="control"),
    path("sensing/entities/<str:entity_id>/", pages.one_entity, name="entity"),
]
