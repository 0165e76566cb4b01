"""Django's name for this domain."""

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "pengcheng.domains.devices"
    label = "devices"
    default_auto_field = "django.db.models.BigAutoField"
