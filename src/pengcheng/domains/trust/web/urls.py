"""Addresses of trusted lists."""

from django.urls import path

from pengcheng.domains.trust.web import pages

workbench_urls = [
    path("trust/", pages.lists, name="lists"),
    path("trust/take/", pages.take, name="take"),
    path("trust/<slug:territory>/drop/", pages.drop, name="drop"),
]
