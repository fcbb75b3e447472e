"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from ai4artsed.health import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", healthz),
    # Those of making first: /api/runs/<id>/events stands beside what `runs` offers there.
    path("", include("pipelines.urls")),
    path("", include("runs.urls")),
    path("", include("devices.urls")),
]
