"""Django's name for this domain."""

from django.apps import AppConfig


class PolesConfig(AppConfig):
    name = "pengcheng.domains.poles"
    label = "poles"
    default_auto_field = "django.db.models.BigAutoField"
