"""Addresses of wallets and verifiers."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.wallets.web import own, programs, verifier

portal_urls = [
    path("wallet/", own.wallet, name="wallet"),
    path("wallet/offer/<uuid:licence_id>/", own.offer, name="offer"),
    path("wallet/answer/<uuid:question_id>/", own.answer, name="answer"),
    path("wallet/open/", own.open_link, name="open"),
    path("wallet/check/", verifier.choose, name="check"),
    path("wallet/check/own/", verifier.own, name="check-own"),
    path("wallet/check/<uuid:question_id>/", verifier.question, name="question"),
    path("wallet/check/<uuid:question_id>/state/", verifier.state, name="question-state"),
    path("wallet/issuer/nonce/", programs.nonce, name="nonce"),
    path("wallet/issuer/credential/", programs.credential, name="credential"),
    path("wallet/issuer/notification/", programs.notification, name="notification"),
    path("wallet/requests/<uuid:question_id>/", programs.request_object, name="request"),
    path("wallet/answers/<uuid:question_id>/", programs.receive, name="receive"),
    path(".well-known/openid-credential-issuer", programs.metadata, name="metadata"),
]
