"""Addresses of casework, all in the workbench."""

from django.urls import path

from pengcheng.domains.casework.web import board, inbox, pages

workbench_urls = [
    path("cases/", inbox.inbox, name="inbox"),
    path("cases/claim/", inbox.claim_many, name="claim-many"),
    path("cases/release/", inbox.release_many, name="release-many"),
    path("cases/export.csv", inbox.export, name="export"),
    path("load/", board.board, name="board"),
    path("cases/<uuid:case_id>/", pages.case, name="case"),
    path("cases/<uuid:case_id>/claim/", pages.quick_step, {"step": "claim"}, name="claim"),
    path("cases/<uuid:case_id>/release/", pages.quick_step, {"step": "release"}, name="release"),
    path("cases/<uuid:case_id>/<slug:step>/", pages.worded_step, name="step"),
]
