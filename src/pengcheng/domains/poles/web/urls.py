"""Addresses of poles."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.poles.web import doing, pages

workbench_urls = [
    path("poles/", pages.desk, name="desk"),
    path("poles/new/", doing.add, name="new"),
    path("poles/list.<slug:form>", pages.give_out, name="export"),
    path("poles/faults/<str:fault_id>/", doing.fault, name="fault"),
    path("poles/faults/<str:fault_id>/step/", doing.step, name="step"),
    path("poles/mounts/<str:mount_id>/unmount/", doing.unmount, name="unmount"),
    path("poles/<str:pole_id>/", pages.one, name="pole"),
    path("poles/<str:pole_id>/change/", doing.change, name="change"),
    path("poles/<str:pole_id>/mount/", doing.mount, name="mount"),
    path("poles/<str:pole_id>/fault/", doing.report, name="report"),
]
