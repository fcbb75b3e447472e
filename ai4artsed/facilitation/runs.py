"""The list of runs and the page of one: to look at, to stop, never to change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator, smart_split, unescape_string_literal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ai4artsed.cards.printing import print_cards
from ai4artsed.facilitation import columns
from ai4artsed.facilitation.acts import acts_of
from ai4artsed.facilitation.filters import (
    DayFilter,
    DeviceFilter,
    EngineFilter,
    KindFilter,
    LevelFilter,
    OutputFilter,
    ReleasedFilter,
    RuleFilter,
    StatusFilter,
)
from ai4artsed.facilitation.levels import level_name
from ai4artsed.facilitation.releasing import ReleasesRuns
from ai4artsed.facilitation.run_page import read_page
from runs import archive
from runs.archive import ArchiveError
from runs.cancelling import STOP, request_cancel
from runs.export.folders import CHUNK_BYTES
from runs.exporting import EXPORT, export_runs
from runs.media import media_of
from runs.models import Run, RunQuerySet
from runs.releasing import is_work
from web.streaming import gathered, streamed

# More pages than these nobody turns; filters lead there.
RUNS_PER_PAGE = 50


@admin.register(Run)
class RunAdmin(ReleasesRuns):
    """The files are the truth, so nothing is added, changed or deleted here."""

    list_display = (
        "picture",
        "made",
        "state",
        "device_shown",
        "excerpt",
        "rule",
        "level",
    )
    list_display_links = ("picture", "made")
    list_filter = (
        DayFilter,
        DeviceFilter,
        ("workshop", admin.RelatedFieldListFilter),
        StatusFilter,
        ReleasedFilter,
        RuleFilter,
        OutputFilter,
        EngineFilter,
        LevelFilter,
        KindFilter,
    )
    search_fields = ("idea_folded", "run_id", "device_name_folded", "device__name_folded")
    search_help_text = gettext_lazy("Words of the idea, the name of a device or a run id")
    ordering = ("-created_at", "-id")
    list_select_related = ("device", "workshop")
    list_per_page = RUNS_PER_PAGE
    # "Show all" of 100,000 runs would be of no use to anyone.
    list_max_show_all = RUNS_PER_PAGE
    actions = ("release_selected", "take_back_selected", "cards", "stop", "download")

    # Rights --------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return False

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(STOP)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(EXPORT)

    # The list ------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).prefetch_related("entities")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Run], search_term: str
    ) -> tuple[QuerySet[Run], bool]:
        """Find runs that have each word, or phrase in quotes, in one of the fields."""
        for word in smart_split(search_term):
            is_phrase = word[0] in "\"'" and word[0] == word[-1] and len(word) > 1
            phrase = unescape_string_literal(word) if is_phrase else word
            queryset = queryset.mentioning(phrase)  # type: ignore[attr-defined]
        return queryset, False

    @admin.display(description=gettext_lazy("picture"))
    def picture(self, run: Run) -> SafeString | str:
        """Show the first picture, else what the run was for."""
        shown = next((item["thumbnail_url"] for item in media_of(run) if item["thumbnail_url"]), "")
        return columns.thumbnail(run.run_id) if shown else columns.kind_name(run.kind)

    @admin.display(description=gettext_lazy("made"), ordering="created_at")
    def made(self, run: Run) -> SafeString:
        return columns.moment(run.created_at)

    @admin.display(description=gettext_lazy("device"))
    def device_shown(self, run: Run) -> str:
        return columns.device_shown(run)

    @admin.display(description=gettext_lazy("idea"))
    def excerpt(self, run: Run) -> str:
        return Truncator(run.idea).chars(90) or "–"

    @admin.display(description=gettext_lazy("rule and output"), ordering="interception_config")
    def rule(self, run: Run) -> SafeString:
        return format_html(
            '{}<span class="output">{}</span>',
            columns.config_name(run.interception_config) or "–",
            columns.config_name(run.output_config),
        )

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, run: Run) -> SafeString:
        return columns.status(run) + columns.released(run)

    @admin.display(description=gettext_lazy("level"), ordering="safety_level")
    def level(self, run: Run) -> str:
        return level_name(run.safety_level) or "–"

    @admin.action(description=gettext_lazy("Stop (waiting or running)"), permissions=["cancel"])
    def stop(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        live = runs.live()  # type: ignore[attr-defined]
        stopped = sum(request_cancel(run, by=request.user) for run in live)
        text = ngettext(
            "%(count)d run is being stopped.", "%(count)d runs are being stopped.", stopped
        )
        level = messages.SUCCESS if stopped else messages.WARNING
        self.message_user(request, text % {"count": stopped}, level)

    @admin.action(description=gettext_lazy("Cards as a PDF"), permissions=["release"])
    def cards(self, request: HttpRequest, runs: RunQuerySet) -> HttpResponse | None:
        return print_cards(request, runs)

    @admin.action(description=gettext_lazy("Download as a zip"), permissions=["export"])
    def download(self, request: HttpRequest, runs: QuerySet[Run]) -> HttpResponseBase:
        selection = {name: values for name, values in request.GET.lists() if any(values)}
        content = export_runs(runs, by=request.user, selection=selection)
        chunks = gathered(content, CHUNK_BYTES)
        response = streamed(request, chunks, content_type="application/zip")
        name = f"runs_{timezone.localtime():%Y-%m-%d_%H%M}.zip"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "private, no-store"
        return response

    # One run -------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/stop/", wrap(self.stop_view), name="runs_run_stop"),
            path("<int:pk>/metadata/", wrap(self.metadata_view), name="runs_run_metadata"),
            *self.release_urls(),
        ]
        return own + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        if run is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Run of %(device)s") % {"device": columns.device_shown(run)},
            "run": run,
            "page": read_page(run),
            "acts": acts_of(run),
            "level": level_name(run.safety_level),
            "may_stop": not run.is_final and self.has_cancel_permission(request),
            "may_release": is_work(run) and self.has_release_permission(request),
        }
        return TemplateResponse(request, "admin/runs/run/page.html", context)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        run = get_object_or_404(Run, pk=pk)
        if request_cancel(run, by=request.user):
            self.message_user(request, _("The run is being stopped."), messages.SUCCESS)
        else:
            self.message_user(request, _("The run had ended already."), messages.WARNING)
        return redirect("admin:runs_run_change", pk)

    def metadata_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(Run, pk=pk)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        try:
            metadata = archive.read_metadata(archive.run_folder(run))
        except ArchiveError as error:
            raise Http404(str(error)) from error
        return JsonResponse(metadata, json_dumps_params={"ensure_ascii": False, "indent": 2})

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        raise Http404
