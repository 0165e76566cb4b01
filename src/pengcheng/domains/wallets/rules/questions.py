"""What verifiers ask: the questions, as a wallet reads them (DCQL), and what counts as a yes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from pengcheng.domains.licences.contracts.travelling import FORMS, Form
from pengcheng.domains.wallets.contracts import Question

SUFFIXES: dict[Form, str] = {"dc+sd-jwt": "s", "mso_mdoc": "m"}
OWN = "own"


@cache
def questions() -> dict[str, Question]:
    text = resources.files("pengcheng.domains.wallets").joinpath("data/questions.toml").read_text()
    rows = msgspec.convert(tomllib.loads(text)["question"], list[Question])
    return {row.id: row for row in rows}


def own(kind: str, zh: str, en: str, claims: Iterable[str]) -> Question:
    """A question of the verifier's own: one kind of licence and some of its lines."""
    return Question(
        id=OWN,
        zh=f"是否持有有效的{zh}？",
        en=f"Does this person or firm hold a valid licence of this kind: {en}?",
        kinds=(kind,),
        claims=tuple(claims),
    )


def name_of(kind: str, form: Form) -> str:
    """The credential query's id: letters, digits, underscore and hyphen."""
    return f"{kind}_{SUFFIXES[form]}"


def asked(name: str, question: Question) -> tuple[str, Form] | None:
    """Kind and form of a credential query of this question."""
    for kind in question.kinds:
        for form in FORMS:
            if name_of(kind, form) == name:
                return kind, form
    return None


def dcql(question: Question, metas: Mapping[tuple[str, Form], Mapping[str, Any]]) -> dict[str, Any]:
    """OpenID4VP 1.0, section 6. Any one of the credentials will do."""
    pairs = [(kind, form) for kind in question.kinds for form in FORMS]
    return {
        "credentials": [
            {
                "id": name_of(kind, form),
                "format": form,
                "meta": dict(metas[kind, form]["meta"]),
                **_lines(question, metas[kind, form]["path"]),
            }
            for kind, form in pairs
        ],
        "credential_sets": [{"options": [[name_of(kind, form)] for kind, form in pairs]}],
    }


def _lines(question: Question, start: list[str]) -> dict[str, Any]:
    """With what is optional first: the wallet falls back to what is needed."""
    every = (*question.claims, *question.optional)
    told: dict[str, Any] = {"claims": [{"id": key, "path": [*start, key]} for key in every]}
    if question.optional:
        told["claim_sets"] = [list(every), list(question.claims)]
    return told


def lacking(question: Question, claims: Mapping[str, Any]) -> str:
    """Why what was shown is no yes, or an empty text."""
    if not set(question.claims) <= set(claims):
        return "incomplete"
    if any(claims[key] != value for key, value in question.expect.items()):
        return "no"
    return ""
