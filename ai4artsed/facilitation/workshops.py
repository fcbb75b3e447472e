"""The list of workshops and the form of one: rules, outputs, times, and the break for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ai4artsed.facilitation.acts import RecordedAdmin
from ai4artsed.facilitation.levels import SAFETY_LEVELS, level_name
from devices.models import Workshop
from pipelines.catalog import InterceptionConfig, OutputConfig
from pipelines.registry import get_catalog
from pipelines.servers.routing import is_available
from runs.changing import change_workshop, create_workshop
from runs.pausing import continue_workshop, pause_workshop


def rule_choices() -> list[tuple[str, str]]:
    return _choices(get_catalog().interceptions)


def engine_choices() -> list[tuple[str, str]]:
    return [
        (key, name if is_available(key) else _("%(name)s (not set up here)") % {"name": name})
        for key, name in _choices(get_catalog().outputs)
    ]


def _choices(
    configs: Mapping[str, InterceptionConfig] | Mapping[str, OutputConfig],
) -> list[tuple[str, str]]:
    language = get_language() or "de"
    return [(key, config.name.in_language(language)) for key, config in configs.items()]


class WorkshopForm(forms.ModelForm[Workshop]):
    safety_level = forms.ChoiceField(
        label=gettext_lazy("Safety level"),
        choices=SAFETY_LEVELS,
        widget=forms.RadioSelect,
        initial="kids",
        help_text=gettext_lazy("A device may ask for a stricter level, never for a laxer one."),
    )
    allowed_rules = forms.MultipleChoiceField(
        label=gettext_lazy("Rules"),
        choices=rule_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    allowed_outputs = forms.MultipleChoiceField(
        label=gettext_lazy("Outputs"),
        choices=engine_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
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
            "allowed_outputs",
            "opens_at",
            "closes_at",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("allowed_rules", "allowed_outputs"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = _with_unknown(field.choices, getattr(self.instance, name))


def _with_unknown(choices: Any, stored: Iterable[str]) -> list[tuple[str, str]]:
    """Keep ids that the catalog lost, so that saving the form does not widen what is allowed."""
    known = list(choices)
    missing = set(stored) - {key for key, _name in known}
    return known + [(key, _("%(id)s (unknown)") % {"id": key}) for key in sorted(missing)]


class SpokenSplitDateTime(AdminSplitDateTime):
    """Day and time with the names that the page shows beside them, for those who hear it."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        day, time = context["widget"]["subwidgets"]
        day["attrs"]["aria-label"] = context["date_label"]
        time["attrs"]["aria-label"] = context["time_label"]
        return context


@admin.register(Workshop)
class WorkshopAdmin(RecordedAdmin[Workshop]):
    form = WorkshopForm
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.SplitDateTimeField,
            "widget": SpokenSplitDateTime,
        },
    }
    change_form_template = "admin/devices/workshop/change_form.html"
    search_fields = ("name_folded", "join_code")
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
                "fields": ("allowed_rules", "allowed_outputs"),
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
        return int(workshop.device_total)  # type: ignore[attr-defined]

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
        self, request: HttpRequest, obj: Workshop, form: forms.ModelForm[Workshop], change: bool
    ) -> None:
        if change:
            change_workshop(workshop=obj, fields=form.changed_data, by=request.user)
        else:
            create_workshop(workshop=obj, by=request.user)

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
        if paused:
            text = _("“%(workshop)s”: everyone has a break now.")
            message = request.POST.get("message")
            pause_workshop(workshop=workshop, by=request.user, message=message)
        else:
            text = _("“%(workshop)s” goes on.")
            continue_workshop(workshop=workshop, by=request.user)
        self.message_user(request, text % {"workshop": workshop}, messages.SUCCESS)
        return redirect(_safe_next(request))


_WORKSHOPS = "admin:devices_workshop_changelist"


def _safe_next(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        return address
    return reverse(_WORKSHOPS)
