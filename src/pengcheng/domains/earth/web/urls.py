"""Addresses of Earth observation."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.earth.web import desk, pages, registering, scenes
from pengcheng.domains.earth.web.stac import views as stac

portal_urls = [
    path("storms/", pages.storms, name="storms"),
    path("storms/<slug:storm_id>/", pages.storm, name="storm"),
    path("ogc/movingfeatures/v1", pages.moving_features, name="moving"),
    path("ogc/movingfeatures/v1/<path:rest>", pages.moving_features, name="moving-part"),
    path("scenes/", scenes.listed, name="scenes"),
    path("scenes/<str:collection>/<str:scene>/", scenes.one, name="scene"),
    path("scenes/<str:collection>/<str:scene>/footprint.svg", scenes.footprint, name="footprint"),
    path("stac/v1", stac.stac, name="stac"),
    path("stac/v1/search", stac.search, name="stac-search"),
    path("stac/v1/<path:rest>", stac.stac, name="stac-part"),
]
workbench_urls = [
    path("scenes/", desk.desk, name="desk"),
    path("scenes/new/", registering.register, name="register"),
    path("scenes/<str:collection>/<str:scene>/withdraw/", desk.withdraw, name="withdraw"),
]
