"""The kernel as a Django application."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Loads every domain's handlers, so that events find their hearers in any process that has
    events (``settings.HEARERS``).
    """

    name = "pengcheng.kernel"
    label = "kernel"

    def ready(self) -> None:
        from django.conf import settings

        from pengcheng.kernel import structs
        from pengcheng.kernel.registry import manifests

        for manifest in manifests() if getattr(settings, "HEARERS", True) else ():
            room = f"pengcheng.domains.{manifest.id}.handlers"
            if find_spec(room):
                import_module(room)
        structs.make_ready()
