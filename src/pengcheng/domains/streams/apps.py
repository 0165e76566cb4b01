"""Django's name for this domain."""

from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "pengcheng.domains.streams"
    label = "streams"
    default_auto_field = "django.db.models.BigAutoField"
