"""Addresses of places."""

from django.urls import path

from pengcheng.domains.places.web import pages

portal_urls = [
    path("places/", pages.index, name="index"),
    path("places/address/", pages.address, name="address"),
    path("places/<slug:code>/", pages.division, name="division"),
    path("map/base.pmtiles", pages.base_map, name="base-map"),
]
