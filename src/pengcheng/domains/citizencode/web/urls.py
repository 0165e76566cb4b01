"""Addresses of the citizen code."""

from django.urls import path

from pengcheng.domains.citizencode.web import checking, own, published

portal_urls = [
    path("my-code/", own.code, name="code"),
    path("my-code/fresh/", own.fresh, name="fresh"),
    path("my-code/uses/", own.uses, name="uses"),
    path("my-code/uses/<slug:scene>/bind/", own.bind, name="bind"),
    path("my-code/uses/<slug:scene>/unbind/", own.unbind, name="unbind"),
    path("my-code/stop/", own.stop, name="stop"),
    path("my-code/paper/<uuid:paper_id>/revoke/", own.revoke_paper, name="revoke-paper"),
    path("check-code/", checking.check, name="check"),
    path("check-code/read/", checking.read, name="read"),
    path(".well-known/citizen-code-keys.json", published.jwks, name="jwks"),
    path(".well-known/citizen-code-keys.cbor", published.cose_keys, name="cose-keys"),
    path(".well-known/citizen-code-revoked.jwt", published.revoked, name="revoked"),
]
workbench_urls = [
    path("codes/", checking.desk, name="desk"),
    path("codes/paper/", checking.paper, name="paper"),
]
