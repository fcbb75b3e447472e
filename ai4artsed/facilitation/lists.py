"""What the lists of the admin have in common."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import ngettext

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

    def response_action(  # type: ignore[override]  # The stubs know more arguments than Django.
        self, request: HttpRequest, queryset: QuerySet[AnyModel]
    ) -> HttpResponse | None:
        """Say how many were not chosen where a whole page was: it looks like the whole list."""
        left = self._left_on_other_pages(request)
        response = super().response_action(request, queryset)
        if left:
            text = ngettext(
                "%(count)d more is on other pages of this list and was not chosen. “Select all” "
                "beside the number of those selected chooses it, too.",
                "%(count)d more are on other pages of this list and were not chosen. “Select all” "
                "beside the number of those selected chooses them, too.",
                left,
            )
            self.message_user(request, text % {"count": left}, messages.WARNING)
        return response

    def _left_on_other_pages(self, request: HttpRequest) -> int:
        chosen = len(request.POST.getlist(ACTION_CHECKBOX_NAME))
        # Pages that ask for a second look send no index.
        if request.POST.get("select_across") == "1" or "index" not in request.POST or chosen < 2:
            return 0
        changelist = self.get_changelist_instance(request)
        is_whole_page = chosen == len(changelist.result_list)
        return changelist.result_count - chosen if is_whole_page else 0

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})
