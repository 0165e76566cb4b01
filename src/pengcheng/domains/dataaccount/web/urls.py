"""Addresses of the data account."""

from django.urls import path

from pengcheng.domains.dataaccount.web import desk, log, pages

portal_urls = [
    path("my-data/", pages.overview, name="overview"),
    path("my-data/consents/", pages.consents, name="consents"),
    path("my-data/consents/all/withdraw/", pages.withdraw_all, name="withdraw-all"),
    path("my-data/consents/for/<str:purpose>/", pages.choose, name="choose"),
    path("my-data/consents/for/<str:purpose>/give/", pages.give, name="give"),
    path("my-data/consents/<uuid:consent_id>/withdraw/", pages.withdraw, name="withdraw"),
    path("my-data/consents/<uuid:consent_id>/narrow/", pages.narrow, name="narrow"),
    path("my-data/log/", log.log, name="log"),
    path("my-data/log.csv", log.log_csv, name="log-csv"),
    path("my-data/log.json", log.log_json, name="log-json"),
    path("my-data/copy.json", log.copy, name="copy"),
    path("my-data/object/", log.object_to, name="object"),
]
workbench_urls = [path("data-account/", desk.figures, name="figures")]
