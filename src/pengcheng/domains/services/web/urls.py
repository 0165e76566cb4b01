"""Addresses of the services."""

from __future__ import annotations

from django.urls import path, re_path

from pengcheng.domains.services.web import (
    apply,
    browse,
    checked,
    checks,
    compared,
    fees,
    guide,
    home,
    instant,
    lifeevents,
    lifeevents_desk,
    matters,
    notices,
    outreach,
    registration,
    result,
    status,
    wrong,
)

CODE = r"(?P<code>[0-9A-Z]{20,40})"

portal_urls = [
    path("", home.home, name="home"),
    path("services/", browse.search, name="search"),
    path("services/instant/", instant.instant, name="instant"),
    path("services/themes/", browse.themes, name="themes"),
    path("services/departments/", browse.departments, name="departments"),
    path("services/a-z/", browse.a_to_z, name="a-to-z"),
    path("services/data/", browse.about_data, name="about-data"),
    path("services/situations/<slug:slug>/", browse.situation, name="situation"),
    path("registration/", registration.landing, name="registration"),
    path("registration/names/", registration.names, name="names"),
    path("offers/", outreach.offers, name="offers"),
    path("offers/<uuid:offer_id>/answer/", outreach.answer, name="offer-answer"),
    path("offers/<slug:programme>/switch/", outreach.switch, name="offer-switch"),
    path("notices/", notices.listed, name="notices"),
    path("notices/<uuid:notice_id>/", notices.notice, name="notice"),
    path("notices/<uuid:notice_id>/object/", notices.object_to, name="notice-object"),
    path("events/", lifeevents.events, name="events"),
    path("events/mine/<uuid:filing_id>/", lifeevents.filing, name="event-filing"),
    path("events/mine/<uuid:filing_id>/pay/", lifeevents.pay, name="event-pay"),
    path("events/mine/<uuid:filing_id>/withdraw/", lifeevents.withdraw, name="event-withdraw"),
    path("events/<slug:slug>/", lifeevents.event, name="event"),
    re_path(rf"^services/{CODE}/$", guide.guide, name="item"),
    re_path(rf"^services/{CODE}/apply/$", apply.before, name="before"),
    path("apply/<uuid:draft_id>/", apply.resume, name="apply"),
    path("apply/<uuid:draft_id>/check/", checked.check, name="apply-check"),
    path("apply/<uuid:draft_id>/discard/", apply.discard, name="apply-discard"),
    path(
        "apply/<uuid:draft_id>/files/<str:question>/remove/",
        apply.remove_file,
        name="apply-remove-file",
    ),
    path("apply/<uuid:draft_id>/tasks/", apply.task_list, name="apply-tasks"),
    path("apply/<uuid:draft_id>/page/<slug:page_id>/", apply.question_page, name="apply-page"),
    path(
        "apply/<uuid:draft_id>/page/<slug:page_id>/<int:row>/",
        apply.question_page,
        name="apply-row",
    ),
    path(
        "apply/<uuid:draft_id>/page/<slug:page_id>/<int:row>/remove/",
        apply.remove_row,
        name="apply-remove-row",
    ),
    path("apply/<uuid:draft_id>/wrong/<slug:key>/", wrong.wrong, name="apply-wrong"),
    path("matters/", matters.matters, name="matters"),
    path("matters/<uuid:case_id>/", matters.matter, name="matter"),
    path("matters/<uuid:case_id>/done/", result.done, name="done"),
    path("matters/<uuid:case_id>/withdraw/", matters.withdraw, name="withdraw"),
    path("matters/<uuid:case_id>/appeal/", matters.appeal, name="appeal"),
    path("matters/<uuid:case_id>/fee/", fees.ask_fee, name="ask-fee"),
    path("matters/<uuid:case_id>/code/", matters.new_code, name="new-code"),
    path("files/<uuid:upload_id>/", matters.file, name="file"),
    path("status/", status.status, name="status"),
]

workbench_urls = [
    path("outreach/", outreach.figures, name="outreach-desk"),
    path("notices/", notices.desk, name="notices-desk"),
    path("notices/<uuid:objection_id>/answer/", notices.answer, name="notice-answer"),
    path("events/<uuid:filing_id>/", lifeevents_desk.event, name="event-desk"),
    path("items/", checks.checks, name="checks"),
    path("items/compare/", compared.compared, name="compared"),
    path("items/export.csv", checks.export, name="checks-export"),
]
