"""Two people at one form: a save writes what this person has changed, and nothing else.

The form brings along what it showed (Django's hidden initial values). What differs from that is
what this person changed; where the row differs from that, somebody else was there meanwhile. Where
both changed the same field the form comes back with who, when and what, and this person decides.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.forms import BoundField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ai4artsed.facilitation.act_texts import name_of_actor, value_shown
from ai4artsed.facilitation.lists import AnyModel
from devices.models import Device, Workshop
from runs.acts import Verb
from runs.metadata import local_text
from runs.models import Act

THEIRS = "theirs"


class SeenField(BoundField):
    """A field that keeps what its form showed first, through any number of mistakes."""

    def as_hidden(
        self, attrs: dict[str, Any] | None = None, only_initial: bool = False, **kwargs: Any
    ) -> SafeString:
        # Django's own loses what has several inputs, or none as an empty choice of many.
        if not (only_initial and self.form.is_bound):
            return super().as_hidden(attrs, only_initial=only_initial, **kwargs)
        return self.field.hidden_widget().render(
            self.html_initial_name, self.seen, renderer=self.form.renderer
        )

    @property
    def seen(self) -> Any:
        """What the form showed, as it comes back."""
        hidden = self.field.hidden_widget()
        return hidden.value_from_datadict(self.form.data, self.form.files, self.html_initial_name)


class SharedForm(forms.ModelForm[Any]):
    """A form that several people may have open at the same time."""

    bound_field_class = SeenField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A client of its own making, which sends no such values, is taken to have seen the row.
        shows = self.instance.pk is not None and (not self.is_bound or self._says_what_it_saw())
        for field in self.fields.values():
            # What cannot be changed, a password's hash above all, needs no second place.
            field.show_hidden_initial = shows and not field.disabled

    def _says_what_it_saw(self) -> bool:
        return any(str(name).startswith(self.add_initial_prefix("")) for name in self.data)

    @cached_property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if self._decision(self[name]) != THEIRS]

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        if self.instance.pk is None:
            return cleaned
        for name, field in self.fields.items():
            if name not in self.changed_data:
                if name in cleaned and not field.disabled:
                    cleaned[name] = self._present(name)
            elif self._is_contested(self[name]):
                self.add_error(name, self._question(self[name]))
                cleaned.pop(name, None)
        return cleaned

    def _present(self, name: str) -> Any:
        """Return the value of the row; the instance is not changed before the form is clean."""
        return self.initial[name] if self._is_many(name) else getattr(self.instance, name)

    def _is_many(self, name: str) -> bool:
        return any(field.name == name for field in self.instance._meta.many_to_many)

    def _shown(self, name: str) -> str:
        value = self._present(name)
        if self._is_many(name):
            return ", ".join(str(each) for each in value) or "–"
        if isinstance(value, datetime):
            value = local_text(value)
        return value_shown(str(value) if isinstance(value, Model) else value, name)

    def _is_contested(self, bound: BoundField) -> bool:
        assert isinstance(bound, SeenField)
        field = bound.field
        return (
            field.show_hidden_initial
            and field.has_changed(bound.initial, bound.seen)
            and field.has_changed(bound.initial, bound.data)
            and self._decision(bound) != _mine(bound)
        )

    def _decision(self, bound: BoundField) -> str:
        return str(self.data.get(_decision_name(bound), ""))

    def _question(self, bound: BoundField) -> SafeString:
        shown = self._shown(bound.name)
        act = last_change(self.instance, bound.name)
        if act is None:
            told = _("Meanwhile somebody has changed this to “%(value)s”.") % {"value": shown}
        else:
            told = _("%(who)s has changed this to “%(value)s” at %(time)s.") % {
                "who": name_of_actor(act),
                "value": shown,
                "time": time_format(timezone.localtime(act.at), "H:i"),
            }
        choice = '<label><input type="radio" name="{}" value="{}"> {}</label>'
        name = _decision_name(bound)
        mine = format_html(choice, name, _mine(bound), _("Take mine"))
        theirs = format_html(choice, name, THEIRS, _("Leave “%(value)s”") % {"value": shown})
        return format_html('{} <span class="conflict">{} {}</span>', told, mine, theirs)


class HoldsRow(admin.ModelAdmin[AnyModel]):
    """Holds the row that a form saves, so that nobody comes between looking and writing."""

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> AnyModel | None:
        if request.method == "POST" and connection.in_atomic_block:
            rows = self.model._default_manager.select_for_update()
            list(rows.filter(pk=object_id).values_list("pk"))
        return super().get_object(request, object_id, from_field)


def _decision_name(bound: BoundField) -> str:
    return f"decide-{bound.html_name}"


def _mine(bound: BoundField) -> str:
    """Return the decision for one's own value and against that which was told, not a later one."""
    return f"mine {bound.initial}"


def last_change(target: Model, field: str) -> Act | None:
    """Return the act that gave `field` of a device or workshop the value it has, where one did."""
    if isinstance(target, Workshop):
        changes = target.acts.filter(verb=Verb.CHANGE_WORKSHOP).newest_first()[:50]
        return next((act for act in changes if field in act.details.get("changes", {})), None)
    if isinstance(target, Device) and field in _VERBS:
        return target.acts.filter(verb=_VERBS[field]).newest_first().first()
    return None


_VERBS = {"name": Verb.NAME, "workshop": Verb.MOVE}
