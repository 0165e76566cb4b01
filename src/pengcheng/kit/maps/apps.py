from django.apps import AppConfig


class MapsConfig(AppConfig):
    name = "pengcheng.kit.maps"
    label = "kit_maps"
