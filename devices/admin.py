"""What the lists of devices and workshops show and allow.

The apps above know the runs of a device and the catalog of rules: they extend and register these.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from devices.models import Device, Workshop
from devices.pausing import continue_workshop, pause_workshop

# Workshops that are offered as a place to move devices to: the latest ones.
MOVE_TARGETS = 12

SAFETY_LEVELS = (
    (
        "kids",
        gettext_lazy("Children – 8 to 11 years, the strictest: nothing that gives bad dreams"),
    ),
    (
        "youth",
        gettext_lazy("Youth – 12 to 17 years: violence against people and nudity are held back"),
    ),
    ("adult", gettext_lazy("Adults – pornography and torture are held back")),
    ("research", gettext_lazy("Research – only what is a crime is held back; never with children")),
)


class ListAdmin(admin.ModelAdmin):
    """Lists that say what they show, without counting the whole table or each filter."""

    list_per_page = 40
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


class DeviceAdmin(ListAdmin):
    """Devices appear by themselves; people give them names and a workshop."""

    list_filter = ("workshop",)
    search_fields = ("name", "id")
    search_help_text = gettext_lazy("Name or id of a device")
    ordering = ("-last_seen_at",)
    list_select_related = ("workshop",)
    fields = ("name", "workshop", "id", "first_seen_at", "last_seen_at", "bound_at")
    readonly_fields = ("id", "first_seen_at", "last_seen_at", "bound_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("id"))
    def short_id(self, device: Device) -> str:
        return device.pk[:8]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer one action per workshop, so that moving takes two taps and no extra page."""
        actions: dict[str, Any] = super().get_actions(request)
        if not self.has_change_permission(request):
            return actions
        for workshop in Workshop.objects.order_by("-created_at", "-id")[:MOVE_TARGETS]:
            key = f"move_to_{workshop.pk}"
            text = _("Move to: %(workshop)s") % {"workshop": workshop.name.replace("%", "%%")}
            actions[key] = (partial(_move, workshop=workshop), key, text)
        return actions


def _move(
    model_admin: DeviceAdmin, request: HttpRequest, devices: QuerySet[Device], *, workshop: Workshop
) -> None:
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    count = devices.update(workshop=workshop)
    text = ngettext(
        "%(count)d device is now in %(workshop)s.",
        "%(count)d devices are now in %(workshop)s.",
        count,
    )
    model_admin.message_user(request, text % {"count": count, "workshop": workshop})


class WorkshopForm(forms.ModelForm):
    safety_level = forms.ChoiceField(
        label=gettext_lazy("Safety level"),
        choices=SAFETY_LEVELS,
        widget=forms.RadioSelect,
        initial="kids",
        help_text=gettext_lazy("A device may ask for a stricter level, never for a laxer one."),
    )

    class Meta:
        model = Workshop
        fields = (
            "name",
            "takes_new_devices",
            "joined_by_code",
            "shows_names",
            "safety_level",
            "allowed_rules",
            "allowed_engines",
            "opens_at",
            "closes_at",
        )


class SpokenSplitDateTime(AdminSplitDateTime):
    """Day and time with the names that the page shows beside them, for those who hear it."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        day, time = context["widget"]["subwidgets"]
        day["attrs"]["aria-label"] = context["date_label"]
        time["attrs"]["aria-label"] = context["time_label"]
        return context


class WorkshopAdmin(ListAdmin):
    form = WorkshopForm
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.SplitDateTimeField,
            "widget": SpokenSplitDateTime,
        },
    }
    change_form_template = "admin/devices/workshop/change_form.html"
    search_fields = ("name", "join_code")
    ordering = ("-created_at", "-id")
    fieldsets = (
        (None, {"fields": ("name", "safety_level")}),
        (
            gettext_lazy("Who comes in, and what the others see"),
            {"fields": ("takes_new_devices", "joined_by_code", "shows_names")},
        ),
        (gettext_lazy("Time"), {"fields": ("opens_at", "closes_at")}),
        (
            gettext_lazy("What may be used"),
            {
                "fields": ("allowed_rules", "allowed_engines"),
                "description": gettext_lazy("With nothing ticked, everything may be used."),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workshop]:
        return super().get_queryset(request).annotate(device_total=Count("devices"))

    @admin.display(description=gettext_lazy("join code"), ordering="join_code")
    def code(self, workshop: Workshop) -> SafeString:
        return render_to_string("admin/devices/join_code.html", {"workshop": workshop})

    @admin.display(description=gettext_lazy("devices"), ordering="device_total")
    def device_count(self, workshop: Workshop) -> int:
        return workshop.device_total  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("safety level"), ordering="safety_level")
    def level(self, workshop: Workshop) -> str:
        return level_name(workshop.safety_level)

    @admin.display(description=gettext_lazy("break"), ordering="paused")
    def break_button(self, workshop: Workshop) -> SafeString:
        context = {"workshop": workshop, "may_pause": True, "next": reverse(_WORKSHOPS)}
        return render_to_string("admin/devices/break.html", context)

    @admin.display(description=gettext_lazy("break"), ordering="paused")
    def break_state(self, workshop: Workshop) -> SafeString:
        return render_to_string("admin/devices/break.html", {"workshop": workshop})

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Show the button to those who may press it."""
        state = "break_button" if self.has_change_permission(request) else "break_state"
        return ("name", state, "code", "device_count", "level", "takes_new_devices")

    def save_model(
        self, request: HttpRequest, obj: Workshop, form: forms.ModelForm, change: bool
    ) -> None:
        """Write what was changed here and no more: a break may have begun meanwhile."""
        if change:
            obj.save(update_fields=form.changed_data)
        else:
            obj.save()

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/pause/", wrap(self.pause_view), name="devices_workshop_pause"),
            path("<int:pk>/continue/", wrap(self.continue_view), name="devices_workshop_continue"),
        ]
        return own + super().get_urls()

    def pause_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._switch(request, pk, paused=True)

    def continue_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._switch(request, pk, paused=False)

    def _switch(self, request: HttpRequest, pk: int, *, paused: bool) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        workshop = get_object_or_404(Workshop, pk=pk)
        if not self.has_change_permission(request, workshop):
            raise PermissionDenied
        if paused:
            text = _("“%(workshop)s”: everyone has a break now.")
            changed = pause_workshop(workshop=workshop, message=request.POST.get("message"))
        else:
            text = _("“%(workshop)s” goes on.")
            changed = continue_workshop(workshop=workshop)
        if changed:
            self.log_change(request, workshop, "paused" if paused else "continued")
        self.message_user(request, text % {"workshop": workshop}, messages.SUCCESS)
        return redirect(_safe_next(request))


_WORKSHOPS = "admin:devices_workshop_changelist"


def _safe_next(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        return address
    return reverse(_WORKSHOPS)


def level_name(level: str) -> str:
    """Return the name of a safety level without its explanation; unknown ones as they are."""
    return str(dict(SAFETY_LEVELS).get(level, level)).partition(" – ")[0]
