from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "pengcheng.kit.forms"
    label = "kit_forms"
