"""Files nobody names any more go by night; nobody can fill the disk with what is not sent."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from pengcheng.domains.services import api
from pengcheng.domains.services.api import registers
from pengcheng.domains.services.models import Draft, Upload
from pengcheng.domains.services.ops import drafts, quotas
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import TooMany
from pengcheng.kit.forms import uploads
from tests.services import scenes
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def own() -> Any:
    return people.context_of(people.holder("citizen"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(drafts, "folder", lambda: tmp_path)
    return tmp_path


def hand_in(own: Any, draft_id: str, content: bytes = scenes.PDF, question: str = "sample") -> Any:
    checked = uploads.check("a.pdf", BytesIO(content))
    return api.attach_file(
        context=own, draft_id=draft_id, question=question, file=BytesIO(content), checked=checked
    )


def begun(own: Any, code: str = scenes.COPYRIGHT) -> str:
    return api.start_application(context=own, code=code).id


def sweep() -> int:
    return registers.sweep_files(context=system_context("services"))


def age(folder: Path, days: float) -> None:
    at = clock.now().timestamp() - days * 86_400
    for path in folder.glob("*/*"):
        os.utime(path, (at, at))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*/*"))


def test_a_discarded_draft_leaves_no_file_behind(own: Any, folder: Path) -> None:
    draft = begun(own)
    hand_in(own, draft)
    api.discard_draft(context=own, draft_id=draft)
    age(folder, 2)
    assert sweep() == 1
    assert files(folder) == []


def test_a_replaced_file_goes_and_the_standing_one_stays(own: Any, folder: Path) -> None:
    draft = begun(own)
    first = hand_in(own, draft)
    second = hand_in(own, draft, scenes.PDF + b"\n")
    age(folder, 2)
    assert sweep() == 1
    assert files(folder) == [second.sha256] != [first.sha256]
    assert api.read_upload(context=own, upload_id=second.id)[0] == second


def test_a_file_that_two_drafts_share_stays_while_one_names_it(own: Any, folder: Path) -> None:
    first, second = begun(own), begun(own, scenes.DISABILITY)
    kept = hand_in(own, first)
    hand_in(own, second, question="photo")
    api.discard_draft(context=own, draft_id=first)
    age(folder, 2)
    assert sweep() == 0
    assert files(folder) == [kept.sha256]


def test_a_young_file_is_left_alone(own: Any, folder: Path) -> None:
    draft = begun(own)
    hand_in(own, draft)
    api.discard_draft(context=own, draft_id=draft)
    assert sweep() == 0
    age(folder, 2)
    hand_in(own, begun(own))  # the same bytes again: the old file is young once more
    Upload.objects.all().delete()
    assert sweep() == 0


def test_a_writing_that_was_broken_off_is_cleared_away(own: Any, folder: Path) -> None:
    broken = folder / "ab" / f"{'ab' * 32}.0123456789ab"
    broken.parent.mkdir()
    broken.write_bytes(b"half")
    age(folder, 2)
    assert sweep() == 1


def test_sweeping_an_empty_house_is_nothing(folder: Path) -> None:
    assert sweep() == 0


def test_there_is_an_end_to_unsent_applications(own: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(quotas, "MOST_DRAFTS", 1)
    first = begun(own)
    assert begun(own) == first  # going on is no beginning
    with pytest.raises(TooMany) as told:
        begun(own, scenes.DISABILITY)
    assert told.value.code == "services.draft.too_many"
    assert told.value.next_step("en")
    api.discard_draft(context=own, draft_id=first)
    assert begun(own, scenes.DISABILITY)


def test_the_limit_of_drafts_is_told_on_a_page(monkeypatch: Any) -> None:
    monkeypatch.setattr(quotas, "MOST_DRAFTS", 0)
    browser = people.signed_in(people.holder("citizen"))
    answer = browser.post(f"/services/{scenes.COPYRIGHT}/apply/")
    assert answer.status_code == 429
    assert "我的办件" in answer.content.decode()
    assert not Draft.objects.exists()


@pytest.mark.parametrize("limit", [("MOST_BYTES", len(scenes.PDF)), ("MOST_FILES", 1)])
def test_there_is_an_end_to_waiting_files(
    own: Any, folder: Path, monkeypatch: Any, limit: tuple[str, int]
) -> None:
    monkeypatch.setattr(quotas, *limit)
    draft, other = begun(own), begun(own, scenes.DISABILITY)
    hand_in(own, draft)
    hand_in(own, draft)  # in the place of the first
    with pytest.raises(TooMany) as told:
        hand_in(own, other, question="photo")
    assert told.value.code == "services.upload.too_many"
    api.detach_file(context=own, draft_id=draft, question="sample")
    assert hand_in(own, other, question="photo")


def test_a_file_too_many_is_told_at_its_field_and_the_answers_stay(
    folder: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(quotas, "MOST_FILES", 0)
    browser = people.signed_in(people.holder("citizen"))
    url = scenes.begin(browser, scenes.COPYRIGHT)
    pages = scenes.copyright_work()
    while "sample" not in url:
        url = browser.post(url, pages[url.rstrip("/").rsplit("/", 1)[-1]])["Location"]
    answer = browser.post(url, {"summary": "散文", "sample": scenes.pdf()})
    assert answer.status_code == 422
    assert [link for link, _ in scenes.errors(answer)] == ["#id_sample"]
    assert Draft.objects.get().answers["summary"]["value"] == "散文"
