"""How Django knows the domain."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "pengcheng.domains.casework"
    label = "casework"
