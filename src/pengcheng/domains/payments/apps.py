"""How Django knows the domain."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "pengcheng.domains.payments"
    label = "payments"
