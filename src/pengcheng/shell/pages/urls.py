"""Addresses of the house's own pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import path

from pengcheng.shell.pages import gallery, views

urlpatterns: list[Any] = [
    path("about/", views.about, name="about"),
    path("help/", views.helping, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("workbench/", views.workbench, name="workbench"),
    path("live/events", views.refused_stream, name="refused-stream"),
    path("data-sources/", views.data_sources, name="sources"),
]
GALLERY: list[Any] = [
    path("gallery/", gallery.show, name="gallery-portal"),
    path("workbench/gallery/", gallery.show, name="gallery"),
    path("screen/gallery/", gallery.show, name="gallery-screen"),
]
if settings.DEBUG:
    urlpatterns += GALLERY
