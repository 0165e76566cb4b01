"""The person's way: from the application to signing in, to the page of consent, and back."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from pengcheng.domains.identity import api
from pengcheng.domains.identity.api import oidc
from pengcheng.domains.identity.contracts.oidc import FACTS, Judged, OidcError, Visit
from pengcheng.domains.identity.web.address import client_address
from pengcheng.domains.identity.web.oidc import limits
from pengcheng.domains.identity.web.pages import FORM, asker
from pengcheng.kernel.problems import BadRequest
from pengcheng.kernel.web import page


@page(public=True)
@csrf_exempt
@FORM
@never_cache
def authorize(request: HttpRequest) -> HttpResponse:
    """An application sends a person. Nothing is changed here: what is, asks for the token."""
    sent = request.POST if request.method == "POST" else request.GET
    visit = oidc.begin(params={name: [str(v) for v in vs] for name, vs in sent.lists()})
    if request.method == "POST":
        # A form of another site brings no cookie of ours; a link of ours does.
        return _to(
            f"{reverse('identity:oidc-continue')}?{urlencode({'t': oidc.seal(visit=visit)})}"
        )
    return go_on(request, visit)


@page(public=True)
@require_GET
@never_cache
def resume(request: HttpRequest) -> HttpResponse:
    """The person is back from signing in."""
    return go_on(request, oidc.unseal(text=request.GET.get("t", "")), shown=True)


def go_on(
    request: HttpRequest, visit: Visit, *, shown: bool = False, answered: bool = False
) -> HttpResponse:
    """Whatever comes next. ``shown``: the person has just sent a form, and browsers do not let a
    form end at another site; a page in between does."""
    try:
        arrived = oidc.arrive(visit=visit)
    except BadRequest as problem:
        _count(request, "", OidcError(problem.code.rpartition(".")[2], problem.en))
        raise
    try:
        judged = oidc.judge(request, visit=visit, arrived=arrived, answered=answered)
        if judged.step != "issue":
            return _way(request, visit, judged)
        told = {"code": oidc.issue(request, arrived=arrived, judged=judged)}
    except OidcError as error:
        _count(request, arrived.client.id, error)
        told = error.document()
    back = _with(arrived.redirect_uri, {**told, "state": arrived.state, "iss": oidc.issuer()})
    if not shown:
        return _to(back)
    facts = {"client": arrived.client.name(asker(request).language), "back": back}
    return render(request, "identity/oidc/back.html", facts)


def _count(request: HttpRequest, client_id: str, error: OidcError) -> None:
    limits.count_refusal(client_address(request), client_id)
    oidc.turned_away(asker(request), client_id=client_id, error=error)


def _way(request: HttpRequest, visit: Visit, judged: Judged) -> HttpResponse:
    """Off to the page of signing in, proving or consent, and afterwards here again."""
    if judged.step == "consent":
        text = oidc.seal(visit=visit)
        return _to(f"{reverse('identity:oidc-consent')}?{urlencode({'t': text})}")
    if judged.step == "step_up":
        visit = msgspec.structs.replace(visit, proved=True)
    back = f"{reverse('identity:oidc-continue')}?{urlencode({'t': oidc.seal(visit=visit)})}"
    again = judged.step == "sign_in" and "login" in judged.asked.prompts
    way = api.proofs.way(
        request,
        next=back,
        level=judged.level,
        max_age=judged.asked.max_age if judged.step == "sign_in" else None,
        again=again,
    )
    return _to(way or api.proofs.way(request, next=back, level=judged.level, again=True))


@page(permission="identity.own.connect")
@FORM
@never_cache
def consent(request: HttpRequest) -> HttpResponse:
    """Which facts go to whom: the person decides."""
    text = (request.POST if request.method == "POST" else request.GET).get("t", "")
    visit = oidc.unseal(text=str(text))
    arrived = oidc.arrive(visit=visit)
    try:
        judged = oidc.judge(request, visit=visit, arrived=arrived, answered=False)
    except OidcError:
        return go_on(request, visit, shown=True)
    if judged.step != "consent":
        return go_on(request, visit, shown=True)
    if request.method != "POST":
        response = render(request, "identity/oidc/consent.html", _shown(request, judged, str(text)))
    else:
        response = _decided(request, visit, judged)
    return _may_leave_for(response, arrived.redirect_uri)


def _shown(request: HttpRequest, judged: Judged, text: str) -> Mapping[str, object]:
    context = asker(request)
    client, language = judged.client, context.language
    before = {fact for each in oidc.own_consents(context) if each.client.id == client.id
              for fact in each.facts}  # fmt: skip
    facts = [fact for fact in FACTS if fact.id in judged.facts]
    return {
        "t": text,
        "client": client,
        "name": client.name(language),
        "purpose": client.purpose(language),
        "host": urlsplit(judged.asked.redirect_uri).hostname or "",
        "person": context.actor.name,
        "pseudonym": client.subject_type == "pairwise",
        "needed": [fact.title(language) for fact in facts if fact.id in judged.needed],
        "free": [
            {"id": fact.id, "title": fact.title(language), "on": fact.id in before}
            for fact in facts
            if fact.id not in judged.needed
        ],
    }


def _decided(request: HttpRequest, visit: Visit, judged: Judged) -> HttpResponse:
    answer = request.POST.get("answer", "")
    if answer == "other":
        api.sign_out(request)
        back = f"{reverse('identity:oidc-continue')}?{urlencode({'t': oidc.seal(visit=visit)})}"
        return _to(f"{reverse('identity:sign-in')}?{urlencode({'next': back})}")
    if answer != "allow":
        error = OidcError("access_denied", "the person does not want it")
        oidc.turned_away(asker(request), client_id=judged.client.id, error=error)
        told = {**error.document(), "state": judged.asked.state, "iss": oidc.issuer()}
        return _to(_with(judged.asked.redirect_uri, told))
    ticked = [str(each) for each in request.POST.getlist("facts")]
    oidc.agree(asker(request), judged=judged, facts=ticked)
    return go_on(request, visit, answered=True)


def _may_leave_for(response: HttpResponse, uri: str) -> HttpResponse:
    """The form of this page may end at the application, and nowhere else."""
    parts = urlsplit(uri)
    host = f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
    response._csp_update = {"form-action": [host]}  # type: ignore[attr-defined]
    return response


def _with(uri: str, told: Mapping[str, str]) -> str:
    """The address with the answer added to its own query."""
    parts = urlsplit(uri)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    pairs += [(name, value) for name, value in told.items() if value]
    return urlunsplit(parts._replace(query=urlencode(pairs)))


class _Anywhere(HttpResponseRedirect):
    """To the client's registered address, which may be an app's own scheme."""

    def __init__(self, to: str) -> None:
        self.allowed_schemes = [urlsplit(to).scheme]
        super().__init__(to)
        self.status_code = 303


def _to(url: str) -> HttpResponse:
    return _Anywhere(url)
