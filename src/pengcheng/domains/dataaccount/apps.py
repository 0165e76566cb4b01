"""How Django knows the domain; at start it asks to be asked before personal data are read."""

from django.apps import AppConfig


class DataAccountConfig(AppConfig):
    name = "pengcheng.domains.dataaccount"
    label = "dataaccount"

    def ready(self) -> None:
        from pengcheng.domains.dataaccount.ops.guarding import refuse
        from pengcheng.kernel.permits import guard_personal_data

        guard_personal_data(refuse)
