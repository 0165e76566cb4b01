"""How Django knows the domain."""

from django.apps import AppConfig


class WalletsConfig(AppConfig):
    name = "pengcheng.domains.wallets"
    label = "wallets"
