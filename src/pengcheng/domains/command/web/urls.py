"""Addresses of command."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.command.web import pages, screen

workbench_urls = [
    path("command/", pages.incidents, name="incidents"),
    path("command/<uuid:incident_id>/", pages.incident, name="incident"),
    path("command/<uuid:incident_id>/chain/", pages.chain, name="chain"),
    path("command/<uuid:incident_id>/<slug:step>/", pages.move, name="move"),
]
screen_urls = [
    path("", screen.screen, name="screen"),
    path("parts/", screen.parts, name="screen-parts"),
    path("incidents.geojson", screen.incidents_geojson, name="screen-incidents"),
]
