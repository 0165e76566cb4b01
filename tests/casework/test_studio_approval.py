"""Nobody publishes a definition alone: a colleague does, or sends it back with reasons."""

from __future__ import annotations

import pytest

from pengcheng.domains.casework.api import studio
from pengcheng.kernel.problems import Conflict, Invalid
from tests.casework.studio_scenes import (
    KIND,
    LI,
    SUN,
    begun,
    publish,
    published,
    retitled,
    saved,
)

pytestmark = pytest.mark.django_db


def test_who_changed_it_last_asks_a_colleague_who_publishes():
    published()
    draft = retitled(begun(), "甲")
    assert not studio.may_publish(context=SUN, draft=draft)
    with pytest.raises(Conflict, match=r"draft\.second_needed"):
        publish(draft, by=SUN)
    asked = studio.ask_approval(
        context=SUN, draft_id=draft.id, revision=draft.revision, note="新名称"
    )
    assert (asked.approval.by.id, asked.approval.note) == ("sun", "新名称")
    (waiting,) = studio.awaiting_approval(context=LI)
    assert (waiting.draft, waiting.title.zh) == (draft.id, "甲")
    assert publish(draft).number == 2
    assert studio.awaiting_approval(context=LI) == ()


def test_a_change_by_the_colleague_takes_the_asking_back_and_turns_the_roles():
    published()
    draft = retitled(begun(), "甲")
    studio.ask_approval(context=SUN, draft_id=draft.id, revision=draft.revision, note="")
    mended = retitled(draft, "乙", LI)
    assert mended.approval is None
    assert studio.awaiting_approval(context=SUN) == ()
    with pytest.raises(Conflict, match=r"draft\.second_needed"):
        publish(mended)
    assert publish(mended, by=SUN).number == 2


def test_a_colleague_sends_it_back_with_a_reason_until_it_is_asked_for_again():
    published()
    draft = retitled(begun(), "甲")
    told = {"draft_id": draft.id, "revision": draft.revision}
    with pytest.raises(Conflict, match=r"draft\.not_asked"):
        studio.send_back_draft(context=LI, reason="名称不规范", **told)
    studio.ask_approval(context=SUN, note="", **told)
    with pytest.raises(Conflict, match=r"draft\.second_needed"):
        studio.send_back_draft(context=SUN, reason="名称不规范", **told)
    with pytest.raises(Invalid, match=r"draft\.reason"):
        studio.send_back_draft(context=LI, reason=" ", **told)
    back = studio.send_back_draft(context=LI, reason="名称不规范", **told)
    assert (back.sent_back.by.id, back.sent_back.reason, back.approval) == (
        "li",
        "名称不规范",
        None,
    )
    assert studio.awaiting_approval(context=LI) == ()
    mended = retitled(back, "乙")
    assert mended.sent_back is not None, "still to be read while it is mended"
    told = {"draft_id": draft.id, "revision": mended.revision}
    assert studio.ask_approval(context=SUN, note="", **told).sent_back is None


def test_a_draft_with_faults_is_not_put_before_a_colleague():
    published()
    draft = retitled(begun(), "")
    with pytest.raises(Invalid, match=r"draft\.faults"):
        studio.ask_approval(context=SUN, draft_id=draft.id, revision=draft.revision, note="")


def test_a_test_item_may_be_published_by_who_began_it():
    code = "TEST-1"
    published(item_code=code)
    draft = saved(studio.begin_draft(context=SUN, kind=KIND, item_code=code), department="甲")
    assert studio.may_publish(context=SUN, draft=draft)
    theirs = saved(draft, LI, department="乙")
    assert not studio.may_publish(context=LI, draft=theirs)
