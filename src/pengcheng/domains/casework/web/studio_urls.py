"""Addresses of the editors of processes and rules, in the workbench."""

from django.urls import path

from pengcheng.domains.casework.web import studio, studio_draft, studio_process, studio_rule

ITEM = "definitions/<str:kind>/<str:item_code>/"
DRAFT = "definitions/drafts/<uuid:draft_id>/"
RULE = f"{DRAFT}rules/<int:number>"

urls = [
    path("definitions/", studio.listing, name="definitions"),
    path(DRAFT, studio_draft.overview, name="draft"),
    path(f"{DRAFT}turn/", studio_draft.turn, name="draft-turn"),
    path(f"{DRAFT}discard/", studio_draft.discard, name="draft-discard"),
    path(f"{DRAFT}publish/", studio_draft.publish, name="draft-publish"),
    path(f"{DRAFT}send-back/", studio_draft.send_back, name="draft-send-back"),
    path(f"{DRAFT}process/", studio_process.process, name="draft-process"),
    path(f"{DRAFT}process/file/", studio_process.import_bpmn, name="draft-process-import"),
    path(f"{DRAFT}process.bpmn", studio_draft.draft_bpmn, name="draft-bpmn"),
    path(f"{DRAFT}steps/<int:place>/", studio_process.step, name="draft-step"),
    path(f"{DRAFT}rules/", studio_rule.new, name="draft-rule-new"),
    path(f"{RULE}/", studio_rule.rule, name="draft-rule"),
    path(f"{RULE}/file/", studio_rule.import_dmn, name="draft-rule-import"),
    path(f"{RULE}.dmn", studio_draft.draft_dmn, name="draft-dmn"),
    path(f"{RULE}/trial/", studio_rule.trial, name="draft-trial"),
    path(ITEM, studio.item, name="definition"),
    path(f"{ITEM}change/", studio.begin, name="definition-change"),
    path(f"{ITEM}compare/", studio.compare, name="definition-compare"),
    path(f"{ITEM}process.bpmn", studio.bpmn, name="definition-bpmn"),
    path(f"{ITEM}rules/<int:number>.dmn", studio.dmn, name="definition-dmn"),
]
