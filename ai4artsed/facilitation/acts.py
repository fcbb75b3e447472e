"""Who did what: the list of all acts, and those on one run, device or workshop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ai4artsed.facilitation import columns
from ai4artsed.facilitation.act_texts import VERBS, details_of, done_by, target_of
from ai4artsed.facilitation.lists import AnyModel, ListAdmin
from devices.models import Device, Workshop
from runs.models import Act, Run

# The latest; the list of all leads further back.
MOST_ACTS = 50


def acts_of(target: Run | Device | Workshop) -> list[Act]:
    """Return the latest acts on a run or a device, or those that belong to a workshop."""
    acts = target.acts.select_related("undone_by", "device", "run__device")
    return list(acts.newest_first()[:MOST_ACTS])


class RecordedAdmin(ListAdmin[AnyModel]):
    """Changes are acts of ours, so Django's own log, which says less, gets none of them.

    What that log holds from before is shown below the acts.
    """

    object_history_template = "admin/history.html"

    def log_addition(self, request: HttpRequest, obj: AnyModel, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: AnyModel, message: Any) -> Any:
        return None

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        target = self.get_object(request, unquote(object_id))
        acts = acts_of(target) if isinstance(target, Device | Workshop) else []
        return super().history_view(request, object_id, {"acts": acts, **(extra_context or {})})


class VerbFilter(admin.SimpleListFilter):
    title = gettext_lazy("what")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(verb.value, str(text)) for verb, text in VERBS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Act]) -> QuerySet[Act]:
        value = self.value()
        return queryset.filter(verb=value) if value else queryset


@admin.register(Act)
class ActAdmin(ListAdmin[Act]):
    """To look at. Whoever may view the runs may know who did what with them."""

    list_display = ("moment", "sentence", "target", "workshop_name", "details_shown")
    list_display_links = None
    list_filter = (
        VerbFilter,
        ("user", admin.RelatedFieldListFilter),
        ("at", admin.DateFieldListFilter),
    )
    search_fields = ("actor_name", "target_key", "workshop_name", "workshop__name_folded")
    search_help_text = gettext_lazy("Name of an account, of a workshop, or id of a run or a device")
    ordering = ("-at", "-id")
    list_select_related = ("run__device", "device", "undone_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Act | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Act | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Act | None = None) -> bool:
        return request.user.has_perm("runs.view_run")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = _("Who did what")
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def moment(self, act: Act) -> SafeString:
        return columns.moment(act.at)

    @admin.display(description=gettext_lazy("what"))
    def sentence(self, act: Act) -> str:
        return done_by(act)

    @admin.display(description=gettext_lazy("on what"))
    def target(self, act: Act) -> SafeString | str:
        return target_of(act)

    @admin.display(description=gettext_lazy("in detail"))
    def details_shown(self, act: Act) -> str:
        return details_of(act) or "–"
