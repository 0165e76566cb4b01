"""Addresses of Earth observation."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.earth.web import pages

portal_urls = [
    path("storms/", pages.storms, name="storms"),
    path("storms/<slug:storm_id>/", pages.storm, name="storm"),
    path("ogc/movingfeatures/v1", pages.moving_features, name="moving"),
    path("ogc/movingfeatures/v1/<path:rest>", pages.moving_features, name="moving-part"),
]
