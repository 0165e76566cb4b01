"""Django's name for this domain."""

from django.apps import AppConfig


class SensingConfig(AppConfig):
    name = "pengcheng.domains.sensing"
    label = "sensing"
    default_auto_field = "django.db.models.BigAutoField"
