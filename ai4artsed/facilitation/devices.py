"""Devices with what they make: named, moved, looked at."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ai4artsed.facilitation import columns
from ai4artsed.facilitation.acts import RecordedAdmin
from ai4artsed.facilitation.conflicts import SharedForm
from devices.models import Device, Workshop
from devices.presence import ago
from runs.models import LIVE, Run
from runs.moving import move_devices
from runs.naming import NewName, devices_naming_runs, name_devices

# Workshops that are offered as a place to move devices to: the latest ones.
MOVE_TARGETS = 12


@admin.register(Device)
class DeviceAdmin(RecordedAdmin[Device]):
    """Devices appear by themselves; people give them names and a workshop."""

    form = SharedForm
    list_display = ("picture", "name", "short_id", "workshop", "seen", "run_total")
    list_display_links = ("picture", "short_id")
    list_editable = ("name",)
    list_filter = ("workshop",)
    search_fields = ("name_folded", "id")
    search_help_text = gettext_lazy("Name or id of a device")
    ordering = ("-last_seen_at",)
    list_select_related = ("workshop", "twin_of")
    fields = ("name", "workshop", "id", "first_seen_at", "last_seen_at", "bound_at")
    readonly_fields = ("id", "first_seen_at", "last_seen_at", "bound_at")
    change_list_template = "admin/devices/device/change_list.html"
    # Above the list, "Go" of the actions would be what the return key presses.
    actions_on_top = False
    actions_on_bottom = True

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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Device]:
        own = Run.objects.filter(device=OuterRef("pk"))
        latest = own.newest_first()
        pictures = latest.with_picture()
        live = latest.filter(status__in=LIVE)
        counted = own.order_by().values("device").annotate(total=Count("pk")).values("total")
        return (
            super()
            .get_queryset(request)
            .annotate(
                total=Coalesce(Subquery(counted), 0),
                latest_picture=Subquery(pictures.values("run_id")[:1]),
                live_status=Subquery(live.values("status")[:1]),
            )
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        naming = devices_naming_runs().count()
        # Named together afterwards: one by one, others would wait for the whole class.
        names: list[NewName] = []
        request.names_of_list = names  # type: ignore[attr-defined]
        response = super().changelist_view(request, {"naming": naming, **(extra_context or {})})
        if isinstance(response, TemplateResponse) and response.context_data:
            self._put_beside_their_forms(request, response.context_data.get("cl"))
        if names:
            self._name(request, names)
        return response

    def _put_beside_their_forms(self, request: HttpRequest, changelist: Any) -> None:
        """Order the rows as names were sent: which device was here last has changed since."""
        formset = getattr(changelist, "formset", None)
        if formset is not None and formset.is_bound:
            keys = [form.instance.pk for form in formset.initial_forms]
            rows = self.get_queryset(request).in_bulk(keys)
            changelist.result_list = [rows[key] for key in keys]

    def get_changelist_form(
        self, request: HttpRequest, **kwargs: Any
    ) -> type[forms.ModelForm[Device]]:
        """Say what is typed into the list, where the name of the column is not heard."""
        label = capfirst(Device._meta.get_field("name").verbose_name)
        widgets = {"name": AdminTextInputWidget(attrs={"aria-label": label})}
        defaults = {"form": SharedForm, "widgets": widgets}
        return super().get_changelist_form(request, **{**defaults, **kwargs})

    @admin.display(description=gettext_lazy("latest"))
    def picture(self, device: Device) -> SafeString | str:
        run_id = device.latest_picture  # type: ignore[attr-defined]
        return columns.thumbnail(run_id) if run_id else "–"

    @admin.display(description=gettext_lazy("last seen"), ordering="last_seen_at")
    def seen(self, device: Device) -> SafeString:
        """Say what the device waits for or watches, when it was here, and whether it was two."""
        live = device.live_status  # type: ignore[attr-defined]
        mark = columns.status(Run(status=live)) if live else ""
        seen = format_html('{} <span class="ago">{}</span>', mark, ago(device.last_seen_at))
        notice = _twin_notice(device)
        return format_html('{} <span class="twin">{}</span>', seen, notice) if notice else seen

    @admin.display(description=gettext_lazy("runs"), ordering="total")
    def run_total(self, device: Device) -> SafeString:
        return format_html(
            '<a href="{}?device={}">{}</a>',
            reverse("admin:runs_run_changelist"),
            device.pk,
            device.total,  # type: ignore[attr-defined]
        )

    def save_model(
        self, request: HttpRequest, obj: Device, form: forms.ModelForm[Device], change: bool
    ) -> None:
        if "workshop" in form.changed_data:
            move_devices(devices=[obj], workshop=obj.workshop, by=request.user)
        if "name" in form.changed_data:
            name = NewName(obj, obj.name, seen=form.initial["name"])
            names: list[NewName] | None = getattr(request, "names_of_list", None)
            if names is None:
                self._name(request, [name])
            else:
                names.append(name)

    def _name(self, request: HttpRequest, names: list[NewName]) -> None:
        for refusal in name_devices(names=names, by=request.user):
            text = _("“%(name)s” was not saved: this device has just been named “%(other)s”.")
            values = {"name": refusal.name, "other": refusal.present or "–"}
            self.message_user(request, text % values, messages.WARNING)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        device = Device.objects.filter(pk=unquote(object_id)).first()
        if device is not None and device.runs.exists():
            text = _("“%(device)s” has made runs, so it stays: the archive knows it.")
            self.message_user(request, text % {"device": device}, messages.WARNING)
            return redirect("admin:devices_device_change", object_id)
        return super().delete_view(request, object_id, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        """One by one and only by its own page: a list of ticks is too easily sent."""
        return obj is not None and super().has_delete_permission(request, obj)


def _twin_notice(device: Device) -> str:
    if device.twin_of is not None:
        name = device.twin_of.name or device.twin_of.pk[:8]
        return _("Had the id of “%(name)s”, perhaps by a backup.") % {"name": name}
    if device.twin_seen_at is not None:
        return _("Two tablets had this id, perhaps by a backup. Each has its own now.")
    return ""


def _move(
    model_admin: DeviceAdmin, request: HttpRequest, devices: QuerySet[Device], *, workshop: Workshop
) -> None:
    count = move_devices(devices=devices, workshop=workshop, by=request.user)
    text = ngettext(
        "%(count)d device is now in %(workshop)s.",
        "%(count)d devices are now in %(workshop)s.",
        count,
    )
    model_admin.message_user(request, text % {"count": count, "workshop": workshop})
