"""A draft with its form and answers, as the pages of an application need them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from pengcheng.domains.services import api
from pengcheng.domains.services.contracts import DraftView, UploadView
from pengcheng.domains.services.web import said
from pengcheng.domains.services.web.asking import asker, language
from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms.answers import Filling, Gap
from pengcheng.kit.forms.definition import Definition, Page, Question
from pengcheng.kit.forms.tasks import section_of


class Sheet:
    """Read once a request."""

    def __init__(self, request: HttpRequest, draft_id: str) -> None:
        self.context = asker(request)
        self.tongue = language(request)
        self.draft: DraftView = api.get_draft(context=self.context, draft_id=draft_id)
        self.item = api.get_item(code=self.draft.item_code)
        self.form: Definition = api.form_of_draft(context=self.context, draft_id=draft_id)
        self.answers = answering.read(dict(self.draft.answers))
        self.filling = Filling(self.form, self.answers)

    def pages(self) -> tuple[Page, ...]:
        return self.filling.pages()

    def page(self, page_id: str) -> Page:
        found = self.filling.page(page_id)
        if found is None:
            raise Http404
        return found

    def files(self) -> dict[str, UploadView]:
        kept = api.files_of_draft(context=self.context, draft_id=self.draft.id)
        return {file.question: file for file in kept}

    def title(self) -> Any:
        return said.title(self.item, self.tongue)

    def wrong_url(self, question: Question) -> str:
        """Where a person says that what a register knows is wrong."""
        return reverse("services:apply-wrong", args=[self.draft.id, question.id])

    # --- where to go --------------------------------------------------------------------

    def url(self, page_id: str, row: int = 0) -> str:
        if row:
            return reverse("services:apply-row", args=[self.draft.id, page_id, row])
        return reverse("services:apply-page", args=[self.draft.id, page_id])

    def url_of(self, gap: Gap) -> str:
        """Where something missing is filled in."""
        return self.url(gap.page.id, gap.row)

    def check_url(self) -> str:
        return reverse("services:apply-check", args=[self.draft.id])

    def tasks_url(self) -> str:
        return reverse("services:apply-tasks", args=[self.draft.id])

    def next_open(self) -> str:
        """Where to go on: the first page with something missing, else the check."""
        gaps = self.filling.gaps()
        return self.url_of(gaps[0]) if gaps else self.check_url()

    def begin(self) -> str:
        """Where a person who comes back goes on."""
        return self.tasks_url() if self.form.sections else self.next_open()

    def after(self, page_id: str) -> str:
        """The next page; at the end of a section the task list."""
        following = self.filling.after(page_id)
        if self.form.sections:
            task = section_of(self.filling, page_id)
            ended = following is None or task is None or following not in task.pages
            return self.tasks_url() if ended or following is None else self.url(following.id)
        return self.url(following.id) if following else self.next_open()

    def before(self, page_id: str) -> str:
        """Where the link back leads."""
        if self.form.sections:
            task = section_of(self.filling, page_id)
            if task is None or task.pages[0].id == page_id:
                return self.tasks_url()
        earlier = self.filling.before(page_id)
        if earlier is not None:
            return self.url(earlier.id)
        return reverse("services:before", args=[self.item.task_code])
