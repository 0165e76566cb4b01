"""How Django knows the domain."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "pengcheng.domains.identity"
    label = "identity"
