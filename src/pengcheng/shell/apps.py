"""The shell as a Django application: composition only."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    """Templates, translations and pages that belong to no domain."""

    name = "pengcheng.shell"
    label = "shell"
