"""Django's name for this domain."""

from django.apps import AppConfig


class EarthConfig(AppConfig):
    name = "pengcheng.domains.earth"
    label = "earth"
    default_auto_field = "django.db.models.BigAutoField"
