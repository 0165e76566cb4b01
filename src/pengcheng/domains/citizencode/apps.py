"""How Django knows the domain."""

from django.apps import AppConfig


class CitizenCodeConfig(AppConfig):
    name = "pengcheng.domains.citizencode"
    label = "citizencode"

    def ready(self) -> None:
        from pengcheng.domains.citizencode.web import reading

        reading.teach()
