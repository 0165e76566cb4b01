"""Addresses of the signatures."""

from django.urls import path

from pengcheng.domains.signatures.web import checking, custody, published

portal_urls = [
    path("check-file/", checking.check, name="check"),
    path("tsa", published.tsa, name="tsa"),
    path("signatures/authority.pem", published.certificates, name="authority"),
    path("signatures/authority.crl", published.revocations, name="crl"),
]

workbench_urls = [
    path("seals/", custody.seals, name="seals"),
    path("seals/ask/", custody.ask, name="ask"),
    path("seals/requests/<uuid:request_id>/", custody.request, name="request"),
    path("seals/requests/<uuid:request_id>/answer/", custody.answer, name="answer"),
    path("seals/requests/<uuid:request_id>/withdraw/", custody.withdraw, name="withdraw"),
    path("seals/requests/<uuid:request_id>/<slug:which>.pdf", custody.document, name="document"),
    path("seals/<slug:seal_id>/", custody.seal, name="seal"),
    path("seals/<slug:seal_id>/<slug:step>/", custody.step, name="step"),
]
