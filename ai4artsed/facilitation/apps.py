from django.apps import AppConfig


class FacilitationConfig(AppConfig):
    name = "ai4artsed.facilitation"
