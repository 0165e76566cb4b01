"""Addresses of the licences."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.licences.web import (
    archives,
    copies,
    desk,
    papers,
    published,
    showing,
    tracing,
    verifying,
    wallet,
)

portal_urls = [
    path("licences/", wallet.wallet, name="wallet"),
    path("licences/verify/", verifying.verify, name="verify"),
    path("licences/verify/credential/", verifying.credential, name="verify-credential"),
    path("licences/verify/offline/", verifying.offline, name="offline"),
    path("licences/verify/offline/kit.json", published.offline, name="offline-kit"),
    path("licences/verify/offline/worker.js", published.worker, name="offline-worker"),
    path("licences/<uuid:licence_id>/", wallet.licence, name="licence"),
    path("licences/<uuid:licence_id>/show/", showing.show, name="show"),
    path("licences/<uuid:licence_id>/credential/", showing.credential, name="credential"),
    path("licences/<uuid:licence_id>/paper/", papers.paper, name="paper"),
    path("licences/<uuid:licence_id>/copies/", copies.copies, name="copies"),
    path("licences/<uuid:licence_id>/copies/new/", copies.new, name="copy-new"),
    path("licences/copies/<uuid:copy_id>/file/", copies.take, name="copy-file"),
    path("licences/copies/<uuid:copy_id>/end/", copies.end, name="copy-end"),
    path("licences/copies/check/<str:code>/", copies.check, name="copy-check"),
    path("licences/seal.pem", papers.seal_certificate, name="seal"),
    path("licences/authority.pem", published.authority, name="authority"),
    path("licences/shown/<str:code>/", showing.shown, name="shown"),
    path("licences/status/<int:number>/", published.status_list, name="status-list"),
    path("licences/vct/<slug:kind>/", published.type_metadata, name="vct"),
    path(".well-known/jwt-vc-issuer", published.issuer_metadata, name="issuer-metadata"),
]

workbench_urls = [
    path("licences/", desk.desk, name="desk"),
    path("licences/statistics/", desk.statistics, name="statistics"),
    path("copies/trace/", tracing.trace, name="trace"),
    path("copies/<uuid:copy_id>/file/", tracing.take, name="desk-copy-file"),
    path("licences/<uuid:licence_id>/", desk.licence, name="desk-licence"),
    path("licences/<uuid:licence_id>/copies/", tracing.copies, name="desk-copies"),
    path("licences/<uuid:licence_id>/<slug:step>/", desk.step, name="step"),
]

workbench_urls += [
    path("archives/", archives.packages, name="archives"),
    path("archives/<uuid:package_id>/", archives.package, name="archive"),
    path("archives/<uuid:package_id>/file/", archives.take, name="archive-file"),
    path("archives/<uuid:package_id>/check/", archives.check, name="archive-check"),
    path("archives/<uuid:package_id>/<slug:step>/", archives.step, name="archive-step"),
]
