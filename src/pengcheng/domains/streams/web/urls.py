"""Addresses of rules on the stream."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.streams.web import pages

workbench_urls = [
    path("streams/", pages.desk, name="desk"),
    path("streams/new/", pages.new, name="new"),
    path("streams/<slug:rule_id>/", pages.one, name="rule"),
    path("streams/<slug:rule_id>/change/", pages.change, name="change"),
    path("streams/<slug:rule_id>/switch/", pages.switch, name="switch"),
]
