"""Addresses of sensing."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.sensing.web import fitting, pages
from pengcheng.domains.sensing.web.ogc import views

workbench_urls = [
    path("sensing/", pages.desk, name="desk"),
    path("sensing/limits/", pages.limits, name="limits"),
    path("sensing/models/", fitting.city_models, name="models"),
    path("sensing/replays/<slug:replay_id>/", pages.control, name="control"),
    path("sensing/entities/<str:entity_id>/", pages.one_entity, name="entity"),
]

portal_urls = [
    path("ogc/v1", views.ogc, name="ogc"),
    path("ogc/v1/", views.ogc),
    path("ogc/v1/<path:rest>", views.ogc, name="ogc-part"),
]
