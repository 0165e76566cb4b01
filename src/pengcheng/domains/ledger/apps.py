"""How Django knows the domain."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "pengcheng.domains.ledger"
    label = "ledger"
