"""Addresses of what happened: runs, their files, exports."""

from django.urls import path, re_path

from runs.api import export, files, runs, works
from runs.media import MEDIA_KINDS

# Other words in these places are other people's addresses, `upload` for example.
KIND = f"(?P<kind>{'|'.join(MEDIA_KINDS)})"
RUN = "(?P<run_id>[^/]+)"

urlpatterns = [
    path("api/runs/", runs.RunsView.as_view(), name="runs"),
    path("api/runs/export/", export.ExportView.as_view(), name="runs-export"),
    path("api/runs/<str:run_id>/thumbnail", runs.ThumbnailView.as_view(), name="run-thumbnail"),
    path("api/runs/<str:run_id>/favourite/", works.FavouriteView.as_view(), name="run-favourite"),
    path("api/runs/<str:run_id>/family/", works.FamilyView.as_view(), name="run-family"),
    path("api/runs/<str:run_id>/", runs.RunView.as_view(), name="run"),
    # Without the last slash too; the description needs it but once.
    path("api/runs/<str:run_id>", runs.RunView.as_view(schema=None)),
    path("api/media/images/<str:run_id>", files.ImagesView.as_view()),
    path("api/media/info/<str:run_id>", files.InfoView.as_view()),
    re_path(f"^api/media/{KIND}/{RUN}$", files.MediaView.as_view()),
    re_path(f"^api/media/{KIND}/{RUN}/(?P<index>[0-9]{{1,6}})$", files.IndexedMediaView.as_view()),
    path("api/pipeline/<str:run_id>/status", files.StatusView.as_view()),
    path("api/pipeline/status/<str:run_id>", files.StatusView.as_view(schema=None)),
    path("api/pipeline/<str:run_id>/entities", files.EntitiesView.as_view()),
    path("api/pipeline/<str:run_id>/entity/<str:type>", files.EntityView.as_view()),
    path("api/pipeline/<str:run_id>/file/<path:filename>", files.NamedFileView.as_view()),
]
