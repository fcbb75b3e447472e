"""What the lists of the admin have in common."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from devices.folding import fold
from devices.names import plain_name

AnyModel = TypeVar("AnyModel", bound=Model)


class ListAdmin(admin.ModelAdmin[AnyModel]):
    """Lists that say what they show, without counting the whole table or each filter."""

    list_per_page = 40
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AnyModel], search_term: str
    ) -> tuple[QuerySet[AnyModel], bool]:
        """Look for a name as it is compared, however it is typed."""
        return super().get_search_results(request, queryset, fold(plain_name(search_term)))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})
