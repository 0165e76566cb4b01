"""Addresses of the log: pages for people, and its files as C2SP tlog-tiles names them."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.ledger.web import files, pages

portal_urls = [
    path("ledger/", pages.overview, name="overview"),
    path("ledger/proof/", pages.proof, name="proof"),
    path("ledger/checkpoint", files.checkpoint, name="checkpoint"),
    path("ledger/tile/entries/<path:place>", files.bundle, name="bundle"),
    path("ledger/tile/<int:level>/<path:place>", files.tile, name="tile"),
]
