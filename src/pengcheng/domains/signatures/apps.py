"""How Django knows the domain."""

from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    name = "pengcheng.domains.signatures"
    label = "signatures"
