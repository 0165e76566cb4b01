"""What stands on the licence that a grant gives: each line from an answer, its words or the holder.

Origins: ``holder``, ``today``, ``text:…``, ``answer:question``, ``words:question`` (as people read
it) and ``map:question:said=stands:…``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pengcheng.kit.forms import answers as answering
from pengcheng.kit.forms.definition import Definition


def values(
    origins: Mapping[str, str],
    form: Definition,
    answers: answering.Answers,
    holder: str,
    today: date,
) -> dict[str, str]:
    """The lines by their keys; what has no answer is left out."""
    known = {"holder": holder, "today": today.isoformat()}
    found = {
        key: known.get(origin) or _line(origin, form, answers) for key, origin in origins.items()
    }
    return {key: text for key, text in found.items() if text}


def question(origin: str) -> str:
    """The question that an origin looks at, if any."""
    how, *more = origin.split(":")
    return more[0] if how in {"answer", "words", "map"} else ""


def _line(origin: str, form: Definition, answers: answering.Answers) -> str:
    how, *more = origin.split(":")
    if how == "text":
        return ":".join(more)
    answer = answers.get(more[0])
    if answer is None:
        return ""
    if how == "words":
        asked = next(q for q in form.questions() if q.id == more[0])
        return answering.shown(asked, answer, "zh-hans").replace("\n", "、")
    said = answer.value if isinstance(answer.value, str) else ""
    return dict(pair.split("=", 1) for pair in more[1:]).get(said, "") if how == "map" else said
