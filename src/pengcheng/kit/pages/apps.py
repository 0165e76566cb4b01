from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "pengcheng.kit.pages"
    label = "kit_pages"
