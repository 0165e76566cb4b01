"""Forms that were sent before a step-up: they wait in the session, so that nothing is typed twice.

Files are not kept; pages that take files ask for the better proof before they are shown.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from pengcheng.kernel.ids import new_id

KEY = "identity_kept"
ONWARD = "identity_onward"
MOST = 3
SECRET = frozenset({"password", "current", "code"})
LARGEST = 60_000  # characters of one form


def keep(request: HttpRequest) -> str:
    """Put the form that was just sent aside; returns its id."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not _secret(name)
        for value in values
    ]
    if sum(len(name) + len(str(value)) for name, value in fields) > LARGEST:
        fields = []
    form_id = new_id()
    waiting = dict(list(request.session.get(KEY, {}).items())[-(MOST - 1) :])
    request.session[KEY] = {
        **waiting,
        form_id: {"path": request.get_full_path(), "fields": fields},
    }
    return form_id


def find(request: HttpRequest, form_id: str) -> dict[str, Any] | None:
    """The form that waits under this id, if it still does."""
    found: dict[str, Any] | None = request.session.get(KEY, {}).get(form_id)
    return found


def go_on_later(request: HttpRequest, target: str) -> None:
    """Remember where somebody wanted to go who must first set up a means of signing in."""
    request.session[ONWARD] = target


def go_on(request: HttpRequest) -> str:
    """Where they wanted to go, once; empty when nowhere."""
    target: str = request.session.pop(ONWARD, "")
    return target


def _secret(name: str) -> bool:
    """Passwords and codes are never put aside; they are typed again."""
    return name in SECRET
