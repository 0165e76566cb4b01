"""The shell as a Django application: composition only."""

from django.apps import AppConfig
from django.contrib.messages.apps import MessagesConfig


class ShellConfig(AppConfig):
    """Templates, translations and pages that belong to no domain."""

    name = "pengcheng.shell"
    label = "shell"


class FlashConfig(MessagesConfig):
    """Django's one-time notices under another label: `messages` is the domain of that name."""

    label = "flash"
