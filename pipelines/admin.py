"""What the catalog adds to the facilitators' pages: rules and engines to tick, and their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from devices.admin import WorkshopAdmin, WorkshopForm
from devices.models import Workshop
from pipelines.catalog import InterceptionConfig, OutputConfig
from pipelines.configured import get_catalog
from pipelines.servers import is_available
from pipelines.showing import concerns_of
from runs.admin.columns import name_configs_by
from runs.releasing import check_by


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


def config_name(config_id: str) -> str:
    """Return what a rule or output config is called; its id where the catalog has lost it."""
    catalog = get_catalog()
    config = catalog.interceptions.get(config_id) or catalog.outputs.get(config_id)
    return config.name.in_language(get_language() or "de") if config else config_id


name_configs_by(config_name)
check_by(concerns_of)


class CatalogWorkshopForm(WorkshopForm):
    allowed_rules = forms.MultipleChoiceField(
        label=gettext_lazy("Rules"),
        choices=rule_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    allowed_engines = forms.MultipleChoiceField(
        label=gettext_lazy("Picture machines"),
        choices=engine_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("allowed_rules", "allowed_engines"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = _with_unknown(field.choices, getattr(self.instance, name))


def _with_unknown(choices: Any, stored: Iterable[str]) -> list[tuple[str, str]]:
    """Keep ids that the catalog lost, so that saving the form does not widen what is allowed."""
    known = list(choices)
    missing = set(stored) - {key for key, _name in known}
    return known + [(key, _("%(id)s (unknown)") % {"id": key}) for key in sorted(missing)]


@admin.register(Workshop)
class CatalogWorkshopAdmin(WorkshopAdmin):
    form = CatalogWorkshopForm
