"""Addresses of cameras."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.cameras.web import pages, sources

workbench_urls = [
    path("cameras/", pages.desk, name="desk"),
    path("cameras/list.csv", pages.give_out, name="export"),
    path("cameras/sources/", sources.listed, name="sources"),
    path("cameras/sources/new/", sources.add, name="new"),
    path("cameras/sources/<str:number>/", sources.one, name="source"),
    path("cameras/sources/<str:number>/password/", sources.renew, name="renew"),
    path("cameras/sources/<str:number>/end/", sources.end, name="end"),
    path("cameras/<str:camera_id>/", pages.one, name="camera"),
]
