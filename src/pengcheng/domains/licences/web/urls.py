"""Addresses of the licences."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.licences.web import desk, verifying, wallet

portal_urls = [
    path("licences/", wallet.wallet, name="wallet"),
    path("licences/verify/", verifying.verify, name="verify"),
    path("licences/<uuid:licence_id>/", wallet.licence, name="licence"),
]

workbench_urls = [
    path("licences/", desk.desk, name="desk"),
    path("licences/statistics/", desk.statistics, name="statistics"),
    path("licences/<uuid:licence_id>/", desk.licence, name="desk-licence"),
    path("licences/<uuid:licence_id>/<slug:step>/", desk.step, name="step"),
]
