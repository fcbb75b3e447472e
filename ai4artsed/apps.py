from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class SiteConfig(AppConfig):
    name = "ai4artsed"
    label = "site_ai4artsed"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from ai4artsed.sessions import note_login

        user_logged_in.connect(note_login)


class AdminConfig(DjangoAdminConfig):
    default_site = "ai4artsed.facilitation.site.WorkshopAdminSite"
