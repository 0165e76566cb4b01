"""How Django knows the domain."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "pengcheng.domains.places"
    label = "places"
