"""Filters whose choices stay few and cheap, however large the archive."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ai4artsed.facilitation.columns import config_name
from ai4artsed.facilitation.levels import SAFETY_LEVELS, level_name
from devices.models import Device
from runs.models import Kind, Run, Status

LATEST_DAYS = 14
LATEST_DEVICES = 40


class _ByField(admin.SimpleListFilter):
    """Runs whose field `parameter_name` has the chosen value."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        value = self.value()
        return queryset.filter(**{str(self.parameter_name): value}) if value else queryset


class _ByValue(_ByField):
    """The values that occur; the field leads an index, so the database skips from one to next."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        name = str(self.parameter_name)
        values = Run.objects.order_by(name).values_list(name, flat=True).distinct()
        return [(value, config_name(value)) for value in values if value]


class RuleFilter(_ByValue):
    title = gettext_lazy("rule")
    parameter_name = "interception_config"


class OutputFilter(_ByValue):
    title = gettext_lazy("output")
    parameter_name = "output_config"


class EngineFilter(_ByValue):
    title = gettext_lazy("engine")
    parameter_name = "engine"


class DayFilter(_ByField):
    title = gettext_lazy("day (the latest)")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        days = Run.objects.order_by("-day").values_list("day", flat=True).distinct()[:LATEST_DAYS]
        today = timezone.localdate()
        return [(day.isoformat(), _day_name(day, today)) for day in days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        day = _parsed(self.value() or "")
        return queryset.filter(day=day) if day else queryset


def _parsed(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _day_name(day: date, today: date) -> str:
    if day == today:
        return _("today")
    return f"{date_format(day, 'D')}, {date_format(day, 'SHORT_DATE_FORMAT')}"


class DeviceFilter(_ByField):
    """The devices that were here last; the list of devices leads to the runs of any other."""

    title = gettext_lazy("device (the latest)")
    parameter_name = "device"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        latest = list(Device.objects.order_by("-last_seen_at")[:LATEST_DEVICES])
        chosen = self.value()
        if chosen and chosen not in {device.pk for device in latest}:
            latest += Device.objects.filter(pk=chosen)
        return [(device.pk, device.name or device.pk[:8]) for device in latest]


class StatusFilter(_ByField):
    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(status.value, str(status.label)) for status in Status]


class KindFilter(_ByField):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(kind.value, str(kind.label)) for kind in Kind]


class ReleasedFilter(admin.SimpleListFilter):
    title = gettext_lazy("released")
    parameter_name = "released"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("1", _("released")), ("0", _("not released"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        value = self.value()
        return queryset.filter(released_at__isnull=value != "1") if value else queryset


class LevelFilter(_ByField):
    """Our levels and those that older archives name."""

    title = gettext_lazy("safety level")
    parameter_name = "safety_level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        levels = [level for level, _text in SAFETY_LEVELS]
        return [(level, level_name(level)) for level in (*levels, "open", "off")]
