"""Addresses of poles."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.poles.web import doing, pages, plans

workbench_urls = [
    path("poles/", pages.desk, name="desk"),
    path("poles/new/", doing.add, name="new"),
    path("poles/list.<slug:form>", pages.give_out, name="export"),
    path("poles/plans/", plans.listed, name="plans"),
    path("poles/plans/new/", plans.compute, name="compute"),
    path("poles/plans/<str:plan_id>/", plans.one, name="plan"),
    path("poles/plans/<str:plan_id>/sites.<slug:form>", plans.give_out, name="sites"),
    path("poles/faults/<str:fault_id>/", doing.fault, name="fault"),
    path("poles/faults/<str:fault_id>/step/", doing.step, name="step"),
    path("poles/mounts/<str:mount_id>/unmount/", doing.unmount, name="unmount"),
    path("poles/<str:pole_id>/", pages.one, name="pole"),
    path("poles/<str:pole_id>/change/", doing.change, name="change"),
    path("poles/<str:pole_id>/mount/", doing.mount, name="mount"),
    path("poles/<str:pole_id>/fault/", doing.report, name="report"),
]
