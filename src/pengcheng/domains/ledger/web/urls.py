"""Addresses of the log: pages for people, and its files as C2SP tlog-tiles names them."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.ledger.web import desk, explorer, files, notary, pages

portal_urls = [
    path("ledger/", pages.overview, name="overview"),
    path("ledger/proof/", pages.proof, name="proof"),
    path("ledger/entries/", explorer.entries, name="entries"),
    path("ledger/entries/<int:index>/", explorer.entry, name="entry"),
    path("ledger/entries/<int:index>.tlog-proof", files.receipt, name="receipt"),
    path("ledger/notary/", notary.notary, name="notary"),
    path("ledger/notary/check/", notary.check, name="check"),
    path("ledger/witness/add-checkpoint", files.add_checkpoint, name="add-checkpoint"),
    path("ledger/checkpoint", files.checkpoint, name="checkpoint"),
    path("ledger/tile/entries/<path:place>", files.bundle, name="bundle"),
    path("ledger/tile/<int:level>/<path:place>", files.tile, name="tile"),
]
workbench_urls = [
    path("contracts/", desk.contracts, name="contracts"),
    path("contracts/issue/", desk.issue, name="issue"),
    path("contracts/new/<slug:template>/", desk.deploy, name="deploy"),
    path("contracts/<slug:id>/", desk.contract, name="contract"),
    path("contracts/<slug:id>/private/", desk.seal, name="seal"),
    path("contracts/<slug:id>/private/<slug:commitment>/", desk.envelope, name="envelope"),
    path("contracts/<slug:id>/call/<slug:name>/", desk.call, name="call"),
]
