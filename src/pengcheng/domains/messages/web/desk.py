"""What goes out, in the workbench: the delivery log, the templates, the simulated gateway."""

import email
from email.policy import default
from typing import Any

from django import forms
from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pengcheng.domains.messages import api
from pengcheng.domains.messages.contracts import (
    Channel,
    Delivery,
    DeliveryQuery,
    DeliveryState,
    Preview,
    Taken,
)
from pengcheng.domains.messages.web.inbox import asker, number
from pengcheng.kernel.permits import allowed
from pengcheng.kernel.web import page

KINDS = {
    DeliveryState.WAITING: "waiting",
    DeliveryState.SENT: "good",
    DeliveryState.GIVEN_UP: "bad",
    DeliveryState.NOT_WANTED: "neutral",
}
PER_PAGE = 30


def state_words() -> dict[DeliveryState, str]:
    return {
        DeliveryState.WAITING: pgettext("delivery", "Waiting"),
        DeliveryState.SENT: pgettext("delivery", "Handed over"),
        DeliveryState.GIVEN_UP: pgettext("delivery", "Given up"),
        DeliveryState.NOT_WANTED: pgettext("delivery", "No longer wanted"),
    }


def channel_words() -> dict[Channel, str]:
    return {Channel.SMS: pgettext("channel", "SMS"), Channel.EMAIL: pgettext("channel", "E-mail")}


class LogForm(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = [("", _("Any"))]
        for name, words in (("state", state_words()), ("channel", channel_words())):
            choices = anything + [(key.value, word) for key, word in words.items()]  # type: ignore[attr-defined]
            self.fields[name].choices = choices  # type: ignore[attr-defined]


@page(permission="messages.delivery.read")
@require_safe
@never_cache
def log(request: HttpRequest) -> HttpResponse:
    context = asker(request)
    form = LogForm(request.GET)
    form.is_valid()
    told = form.cleaned_data
    query = DeliveryQuery(
        state=DeliveryState(told["state"]) if told.get("state") else None,
        channel=Channel(told["channel"]) if told.get("channel") else None,
        page=number(request.GET.get("page", "1")),
        size=PER_PAGE,
    )
    found = api.delivery_log(context=context, query=query)
    words = state_words()
    facts = {
        "form": form,
        "figures": [
            {"label": words[state], "value": found.counts.get(state.value, 0)}
            for state in DeliveryState
        ],
        "at": found.at,
        "rows": [_line(each) for each in found.rows],
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
    }
    return render(request, "messages/log.html", facts)


def _line(each: Delivery) -> dict[str, Any]:
    return {
        "delivery": each,
        "channel": channel_words()[each.channel],
        "state": state_words()[each.state],
        "kind": KINDS[each.state],
        "retry": each.state in {DeliveryState.WAITING, DeliveryState.GIVEN_UP} and each.attempts,
    }


@page(permission="messages.delivery.retry")
@require_POST
def retry(request: HttpRequest, delivery_id: str) -> HttpResponse:
    api.retry_delivery(context=asker(request), delivery_id=str(delivery_id))
    notices.success(request, _("It will be tried again within seconds."))
    return redirect("messages:log")


@page(permission="messages.template.read")
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    found = api.previews_of_templates(context=asker(request))
    return render(request, "messages/templates.html", {"previews": [_preview(p) for p in found]})


def _preview(preview: Preview) -> dict[str, Any]:
    tongues = [
        {
            "lang": tag,
            "name": name,
            "title": preview.title.text(tag),
            "body": preview.body.text(tag),
            "short": preview.short.text(tag) if preview.short else "",
        }
        for tag, name in (("zh-Hans", "中文"), ("en", "English"))
    ]
    variables = ", ".join(preview.template.variables)
    return {"template": preview.template, "variables": variables, "tongues": tongues}


@page(permission="messages.delivery.read")
@require_safe
@never_cache
def gateway(request: HttpRequest) -> HttpResponse:
    context = asker(request)
    facts = {
        "gateways": [
            {"state": each, "name": channel_words()[each.channel]}
            for each in api.gateway_states(context=context)
        ],
        "may_switch": allowed(context, "messages.gateway.switch"),
        "rows": [_taken(each) for each in api.taken_by_gateway(context=context)],
    }
    return render(request, "messages/gateway.html", facts)


def _taken(each: Taken) -> dict[str, Any]:
    text = each.content
    if each.channel is Channel.EMAIL:
        message = email.message_from_bytes(text.encode(), policy=default)
        body = message.get_body(("plain",))
        text = f"{message['Subject']}\n\n{body.get_content() if body else ''}"
    return {"taken": each, "channel": channel_words()[each.channel], "text": text}


@page(permission="messages.gateway.switch")
@require_POST
def switch(request: HttpRequest, channel: str) -> HttpResponse:
    if channel not in set(Channel):
        raise Http404
    down = request.POST.get("down") == "1"
    api.switch_gateway(context=asker(request), channel=Channel(channel), down=down)
    return redirect("messages:gateway")
