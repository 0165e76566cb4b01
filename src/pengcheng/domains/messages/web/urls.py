"""Addresses of messages: the inbox in the portal, what goes out in the workbench."""

from django.urls import path

from pengcheng.domains.messages.web import desk, inbox, preferences

portal_urls = [
    path("messages/", inbox.inbox, name="inbox"),
    path("messages/read-all/", inbox.read_all, name="read-all"),
    path("messages/preferences/", preferences.change, name="preferences"),
    path("messages/<uuid:message_id>/", inbox.message, name="message"),
    path("messages/<uuid:message_id>/<slug:step>/", inbox.move, name="move"),
]

workbench_urls = [
    path("messages/", desk.log, name="log"),
    path("messages/templates/", desk.templates, name="templates"),
    path("messages/gateway/", desk.gateway, name="gateway"),
    path("messages/gateway/<slug:channel>/", desk.switch, name="switch"),
    path("messages/<uuid:delivery_id>/retry/", desk.retry, name="retry"),
]
