"""Addresses of making: the endpoints that existing clients use, and the queue's own."""

from django.urls import path

from pipelines.api import authorship, catalog, generation, pages, sketches, texts, uploads

urlpatterns = [
    path("pipeline_configs_with_properties", catalog.RulesView.as_view()),
    path("api/config/<str:config_id>/context", catalog.RuleContextView.as_view()),
    path("api/config/<str:config_id>/pipeline", catalog.RulePipelineView.as_view()),
    path("api/schema/chunk-metadata", catalog.ChunkMetadataView.as_view()),
    path("api/models/availability", catalog.AvailabilityView.as_view()),
    path("api/outputs/", catalog.OutputsView.as_view()),
    path("api/schema/pipeline/interception", texts.InterceptionView.as_view()),
    path("api/schema/pipeline/optimize", texts.OptimizationView.as_view()),
    path(
        "api/schema/pipeline/optimize/meta/<str:output_config>",
        catalog.OptimizationMetaView.as_view(),
    ),
    path("api/schema/pipeline/generation", generation.GenerationView.as_view()),
    path("api/schema/pipeline/legacy", generation.LegacyView.as_view()),
    path("api/media/upload/image", uploads.UploadView.as_view()),
    path("api/media/upload/image/<str:image_id>", uploads.UploadedView.as_view()),
    path("api/authorship/", authorship.AuthorshipView.as_view()),
    path("api/events/", pages.PageStateView.as_view(), name="events"),
    path("api/runs/<str:run_id>/authorship/", authorship.RunAuthorshipView.as_view()),
    path("api/runs/<str:run_id>/events", generation.EventsView.as_view(), name="run-events"),
    path("api/runs/<str:run_id>/preview", generation.PreviewView.as_view(), name="run-preview"),
    path("api/runs/<str:run_id>/cancel/", generation.CancelView.as_view(), name="run-cancel"),
    path("api/runs/<str:run_id>/sketch/", sketches.SketchView.as_view(), name="run-sketch"),
]
