"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView

from ai4artsed.api_docs import ApiDocsView
from ai4artsed.cards.views import (
    ShareView,
    card_page,
    card_png,
    shared_page,
    shared_picture,
    shared_png,
)
from ai4artsed.projector.matrix import MatrixView
from ai4artsed.projector.views import (
    projector,
    projector_picture,
    projector_thumbnail,
    projector_work,
    projector_works,
)
from ai4artsed.studio.join import join, join_by_link, qr
from ai4artsed.studio.sketch_frame import sketch_frame
from ai4artsed.studio.views import favicon, studio, works
from pipelines.health import HealthView

urlpatterns = [
    path("", studio, name="studio"),
    path("works/", works, name="works"),
    # As it is typed on a tablet.
    path("works", RedirectView.as_view(pattern_name="works")),
    path("join/", join, name="join"),
    # As they are typed on a tablet.
    path("join", RedirectView.as_view(pattern_name="join")),
    path("join/<str:code>", RedirectView.as_view(pattern_name="join-by-link")),
    path("join/<str:code>/", join_by_link, name="join-by-link"),
    path("join/<str:code>/qr.svg", qr, name="join-qr"),
    path("room/<str:key>/", projector, name="projector"),
    path("room/<str:key>/works/", projector_works, name="projector-works"),
    path("room/<str:key>/works/<str:run_id>/", projector_work, name="projector-work"),
    path("room/<str:key>/picture/<str:run_id>", projector_picture, name="projector-picture"),
    path("room/<str:key>/thumbnail/<str:run_id>", projector_thumbnail, name="projector-thumbnail"),
    path("room/<str:key>/matrix/", MatrixView.as_view(), name="projector-matrix"),
    path("card/<str:run_id>.png", card_png, name="card-png"),
    path("card/<str:run_id>/", card_page, name="card"),
    path("shared/<str:token>/", shared_page, name="shared"),
    path("shared/<str:token>/card.png", shared_png, name="shared-png"),
    path("shared/<str:token>/picture", shared_picture, name="shared-picture"),
    path("api/runs/<str:run_id>/share/", ShareView.as_view(), name="run-share"),
    path("sketch/", sketch_frame, name="sketch-frame"),
    # As it is typed on a tablet.
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", HealthView.as_view()),
    path("health/", RedirectView.as_view(pattern_name="admin:health")),
    path("favicon.ico", favicon),
    # Those of making first: /api/runs/<id>/events stands beside what `runs` offers there.
    path("", include("pipelines.urls")),
    path("", include("runs.urls")),
    path("", include("devices.urls")),
    path("api/docs/", ApiDocsView.as_view(url_name="openapi"), name="api-docs"),
    path("api/docs/openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
]

handler400 = "ai4artsed.errors.bad_request"
handler404 = "ai4artsed.errors.not_found"
handler500 = "ai4artsed.errors.server_error"
