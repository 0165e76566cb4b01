"""The shell as a Django application: composition only."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.messages.apps import MessagesConfig
from django.core.signals import request_started

from pengcheng.shell.changing import Changing, session_secrets


class ShellConfig(AppConfig):
    """Templates, translations and pages that belong to no domain."""

    name = "pengcheng.shell"
    label = "shell"

    def ready(self) -> None:
        secrets = session_secrets(settings.PENGCHENG_HOME)

        def fresh(**_: object) -> None:
            take(secrets)

        request_started.connect(fresh, weak=False, dispatch_uid="pengcheng.session.secrets")


def take(secrets: Changing) -> None:
    """Sign with the newest secret, also when it was changed since this process began."""
    newest, *former = secrets.accepted()
    if (newest, former) != (settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = newest, former


class FlashConfig(MessagesConfig):
    """Django's one-time notices under another label: `messages` is the domain of that name."""

    label = "flash"
