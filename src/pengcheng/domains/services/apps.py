"""How Django knows the domain."""

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "pengcheng.domains.services"
    label = "services"
