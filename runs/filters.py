"""Selecting runs: the same names for the API's query, the export's address and its command."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError

from devices.folding import fold
from devices.models import Workshop
from devices.names import plain_name
from runs.models import Kind, Run, RunQuerySet, Status

ISO_DATE = ["%Y-%m-%d"]


class DayField(forms.DateField):
    """A date, or the word `today`."""

    def to_python(self, value: Any) -> date | None:
        return timezone.localdate() if value == "today" else super().to_python(value)


class DayFilter(django_filters.Filter):
    """A day, in the time zone of the site: the name of the date folder."""

    field_class = DayField

    def __init__(self, lookup_expr: str, label: Any) -> None:
        super().__init__("day", lookup_expr, label=label, input_formats=ISO_DATE)


class RunFilter(django_filters.FilterSet):
    """Filters of runs; all given ones must hold. `from` and `to` are days, both included."""

    device = django_filters.CharFilter(
        method="of_device", label=gettext_lazy("Id or name of a device")
    )
    workshop = django_filters.CharFilter(
        method="of_workshop", label=gettext_lazy("Id or name of a workshop")
    )
    group = django_filters.NumberFilter(
        "group", label=gettext_lazy("Number of a group of its workshop")
    )
    rule = django_filters.CharFilter("interception_config", label=gettext_lazy("Id of a rule"))
    output_config = django_filters.CharFilter(
        "output_config", label=gettext_lazy("Id of an output config")
    )
    engine = django_filters.CharFilter(
        method="of_engine", label=gettext_lazy("Key of an engine, such as comfyui")
    )
    status = django_filters.MultipleChoiceFilter(
        choices=Status.choices, distinct=False, label=gettext_lazy("Status; may be repeated")
    )
    kind = django_filters.ChoiceFilter(choices=Kind.choices, label=gettext_lazy("Kind of run"))
    level = django_filters.CharFilter("safety_level", label=gettext_lazy("Safety level"))
    day = DayFilter("exact", gettext_lazy("Day as YYYY-MM-DD, or today"))
    released = django_filters.BooleanFilter(
        "released_at",
        "isnull",
        exclude=True,
        label=gettext_lazy("Whether it was released to its workshop"),
    )
    favourite = django_filters.BooleanFilter(
        "is_favourite", label=gettext_lazy("Whether its device likes it best")
    )
    q = django_filters.CharFilter(
        method="of_idea", label=gettext_lazy("Part of what the participant typed")
    )

    class Meta:
        model = Run
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        # `from` is no name that Python lets a class give.
        return {
            **super().get_filters(),
            "from": DayFilter("gte", gettext_lazy("First day as YYYY-MM-DD")),
            "to": DayFilter("lte", gettext_lazy("Last day as YYYY-MM-DD")),
        }

    def of_device(self, runs: RunQuerySet, name: str, value: str) -> RunQuerySet:
        """A name means the device's of today as well as the one that the run was made under."""
        name = fold(plain_name(value))
        named = Q(device__name_folded=name) | Q(device_name_folded=name)
        return runs.filter(Q(device=value) | named)

    def of_engine(self, runs: RunQuerySet, name: str, value: str) -> RunQuerySet:
        """Older links name an output config here, which no engine's key is."""
        if Run.objects.filter(output_config=value).exists():
            return runs.filter(output_config=value)
        return runs.filter(engine=value)

    def of_idea(self, runs: RunQuerySet, name: str, value: str) -> RunQuerySet:
        return runs.with_idea(value)

    def of_workshop(self, runs: RunQuerySet, name: str, value: str) -> RunQuerySet:
        # Two may differ in nothing but case: who writes one exactly means that one.
        named = Q(workshop__name=value)
        if not Workshop.objects.filter(name=value).exists():
            named = Q(workshop__name_folded=fold(plain_name(value)))
        # More digits than any id has would overflow the database's integer.
        is_id = value.isascii() and value.isdigit() and len(value) < 19
        return runs.filter(named | Q(workshop=int(value))) if is_id else runs.filter(named)


def require_known_filters(query: QueryDict, also: Iterable[str] = ()) -> None:
    """Raise where a name is no filter or given twice: neither may silently select too much."""
    for name, values in query.lists():
        selector = RunFilter.base_filters.get(name)
        if selector is None and name not in also:
            raise ValidationError({name: [_("There is no such filter.")]})
        if len(values) > 1 and not may_repeat(selector):
            raise ValidationError({name: [_("This filter takes one value.")]})


def may_repeat(selector: django_filters.Filter | None) -> bool:
    """Tell whether a filter takes several values, any of which may hold."""
    return isinstance(selector, django_filters.MultipleChoiceFilter)
