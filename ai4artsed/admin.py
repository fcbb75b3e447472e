"""The facilitators' side: Django's own admin, made for a tablet, with a board as its first page."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from runs import board


class WorkshopAdminSite(AdminSite):
    site_header = "ai4artsed"
    site_title = "ai4artsed"
    index_title = _("What is happening")
    # On a tablet the sidebar leaves the table too little room.
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [path("board/", self.admin_view(self.board_view), name="board"), *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {"board": board.look(), **(extra_context or {})})

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Put what a workshop needs before the accounts."""
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: app["app_label"] == "auth")

    def board_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with the board alone, for the page to renew itself."""
        response = TemplateResponse(request, "admin/board.html", {"board": board.look()})
        response.headers["Cache-Control"] = "no-store"
        return response
