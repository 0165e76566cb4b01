"""Django's name for this domain."""

from django.apps import AppConfig


class CamerasConfig(AppConfig):
    name = "pengcheng.domains.cameras"
    label = "cameras"
    default_auto_field = "django.db.models.BigAutoField"
