"""How Django knows the domain."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "pengcheng.domains.messages"
    label = "messages"
