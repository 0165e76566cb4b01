"""How Django knows the domain."""

from django.apps import AppConfig


class LicencesConfig(AppConfig):
    name = "pengcheng.domains.licences"
    label = "licences"

    def ready(self) -> None:
        from pengcheng.domains.licences.web import reading

        reading.teach()
