"""How Django knows the domain."""

from django.apps import AppConfig


class CitizenCodeConfig(AppConfig):
    name = "pengcheng.domains.citizencode"
    label = "citizencode"
