"""Addresses of casework: the workbench, and rating in the portal."""

from django.urls import path

from pengcheng.domains.casework.web import (
    board,
    desk,
    evidence,
    inbox,
    letters,
    moving,
    pages,
    rating,
    rating_tables,
    rectifying,
    studio_urls,
    tasks,
)

DRAFTED = ("grant", "refuse", "uphold", "overturn", "request_correction")
TASK = "cases/<uuid:case_id>/tasks/<slug:step_id>/"

portal_urls = [
    path("letters/<uuid:case_id>/", letters.newest, name="letter"),
    path("ratings/", rating_tables.league, name="ratings"),
    path("ratings/by-number/", rating.by_number, name="rating-by-number"),
    path("ratings/by-number/rate/", rating.rate_by_number, name="rate-by-number"),
    path("ratings/<uuid:case_id>/", rating.rate, name="rate"),
]

workbench_urls = [
    path("ratings/", rating_tables.board, name="rating-board"),
    path("ratings/export.csv", rating_tables.export, name="ratings-export"),
    path(
        "cases/<uuid:case_id>/rating/verify/",
        rectifying.step,
        {"what": "verify"},
        name="rectify-verify",
    ),
    path(
        "cases/<uuid:case_id>/rating/mend/", rectifying.step, {"what": "mend"}, name="rectify-mend"
    ),
    path("cases/", inbox.inbox, name="inbox"),
    path("cases/claim/", desk.claim_many, name="claim-many"),
    path("cases/release/", desk.release_many, name="release-many"),
    path("cases/export.csv", inbox.export, name="export"),
    path("cases/handover/", desk.handover, name="handover"),
    path("cases/views/", desk.keep_view, name="keep-view"),
    path("cases/views/<uuid:view_id>/drop/", desk.drop_view, name="drop-view"),
    path("load/", board.board, name="board"),
    path("cases/<uuid:case_id>/letters/<uuid:letter_id>/", letters.one, name="sent-letter"),
    *(
        path(
            f"cases/<uuid:case_id>/{step}/draft/",
            letters.draft,
            {"step": step},
            name=f"draft-{step}",
        )
        for step in DRAFTED
    ),
    path("cases/<uuid:case_id>/evidence/", evidence.side_by_side, name="evidence"),
    path("cases/<uuid:case_id>/", pages.case, name="case"),
    path("cases/<uuid:case_id>/claim/", pages.quick_step, {"step": "claim"}, name="claim"),
    path("cases/<uuid:case_id>/release/", pages.quick_step, {"step": "release"}, name="release"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("definitions/<str:kind>/<str:item_code>/move/", moving.move, name="move-cases"),
    path(TASK, tasks.task, name="task"),
    path(
        TASK + "claim/",
        tasks.quick,
        {"act": "claim"},
        name="task-claim",
    ),
    path(
        TASK + "release/",
        tasks.quick,
        {"act": "release"},
        name="task-release",
    ),
    path(
        TASK + "return/",
        tasks.task,
        {"act": "return"},
        name="task-return",
    ),
    path(
        TASK + "delegate/",
        tasks.task,
        {"act": "delegate"},
        name="task-delegate",
    ),
    path("cases/<uuid:case_id>/<slug:step>/", pages.worded_step, name="step"),
    *studio_urls.urls,
]
