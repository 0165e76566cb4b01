"""How Django knows the domain."""

from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "pengcheng.domains.trust"
    label = "trust"
