from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class SiteConfig(AppConfig):
    name = "ai4artsed"
    label = "site_ai4artsed"


class AdminConfig(DjangoAdminConfig):
    default_site = "ai4artsed.facilitation.site.WorkshopAdminSite"
