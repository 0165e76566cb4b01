"""Addresses of the signatures."""

from django.urls import path

from pengcheng.domains.signatures.web import checking, published

portal_urls = [
    path("check-file/", checking.check, name="check"),
    path("tsa", published.tsa, name="tsa"),
    path("signatures/authority.pem", published.certificates, name="authority"),
    path("signatures/authority.crl", published.revocations, name="crl"),
]
