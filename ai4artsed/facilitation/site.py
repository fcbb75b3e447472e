"""The facilitators' side: Django's own admin, made for a tablet, the room at a glance first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ai4artsed.cards.printing import workshop_cards, workshop_end_links
from ai4artsed.facilitation.dashboard import MOST_WORKSHOPS, get_dashboard
from ai4artsed.facilitation.room_views import (
    LEAD,
    RoomActionView,
    RoomStateView,
    RoomView,
    present_workshop,
    room_page,
)
from ai4artsed.studio.join import sheet
from devices.models import Workshop
from pipelines import health, registry
from pipelines.servers.probing import request_loading
from pipelines.servers.routing import is_available
from web.logins import LoginForm


class WorkshopAdminSite(AdminSite):
    login_form = LoginForm
    site_header = "ai4artsed"
    site_title = "ai4artsed"
    index_title = _("What is happening")
    # On a tablet the sidebar leaves the table too little room.
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [
            path(
                "administration/", self.admin_view(self.administration_view), name="administration"
            ),
            path("room/<int:pk>/", self.admin_view(RoomView.as_view()), name="room"),
            path(
                "room/<int:pk>/state/", self.admin_view(RoomStateView.as_view()), name="room-state"
            ),
            path(
                "room/<int:pk>/<slug:action>/",
                self.admin_view(RoomActionView.as_view()),
                name="room-action",
            ),
            path("dashboard/", self.admin_view(self.dashboard_view), name="dashboard"),
            path("health/", self.admin_view(self.health_view), name="health"),
            path("workshop/<int:pk>/sheet/", self.admin_view(sheet), name="join-sheet"),
            path("workshop/<int:pk>/cards/", self.admin_view(workshop_cards), name="cards"),
            path(
                "workshop/<int:pk>/end-links/",
                self.admin_view(workshop_end_links),
                name="end-links",
            ),
            path("health/load/", self.admin_view(self.load_view), name="health-load"),
            *super().get_urls(),
        ]

    def index(  # type: ignore[override]  # the room is a page of its own
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the room to those who lead it, and to others what they may look at."""
        workshop = present_workshop()
        if workshop is not None and request.user.has_perm(LEAD):
            return room_page(request, workshop)
        return self.administration_view(request, extra_context)

    def administration_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {"dashboard": get_dashboard(), **(extra_context or {})})

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Put what a workshop needs before the accounts."""
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: app["app_label"] == "auth")

    def dashboard_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with the dashboard alone, for the page to renew itself."""
        response = TemplateResponse(request, "admin/dashboard.html", {"dashboard": get_dashboard()})
        response.headers["Cache-Control"] = "no-store"
        return response

    @method_decorator(never_cache)
    def health_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with how servers, models and safety levels are; as JSON where asked for."""
        if not request.user.has_perm("runs.view_run"):
            raise PermissionDenied
        report = health.get_health()
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse(health.as_data(report), status=200 if report.is_well else 503)
        return TemplateResponse(
            request,
            "admin/health.html",
            {
                **self.each_context(request),
                "title": _("Engines"),
                "report": report,
                "workshops": Workshop.objects.order_by("-created_at", "-id")[:MOST_WORKSHOPS],
                "may_load": request.user.has_perm("devices.change_workshop"),
            },
        )

    @method_decorator(require_POST)
    def load_view(self, request: HttpRequest) -> HttpResponse:
        """Have the models loaded that a workshop needs."""
        if not request.user.has_perm("devices.change_workshop"):
            raise PermissionDenied
        workshop = get_object_or_404(Workshop, pk=request.POST.get("workshop", "0"))
        allowed = workshop.allowed_outputs or list(registry.get_catalog().outputs)
        request_loading(output for output in allowed if is_available(output))
        messages.success(
            request, _("The models are being loaded. This page says when that is done.")
        )
        return redirect("admin:health")
