"""Django's name for this domain."""

from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "pengcheng.domains.command"
    label = "command"
    default_auto_field = "django.db.models.BigAutoField"
