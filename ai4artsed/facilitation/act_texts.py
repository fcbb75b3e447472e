"""Acts in the words of those who read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from ai4artsed.facilitation.columns import config_name, device_name, device_shown, kind_name
from ai4artsed.facilitation.levels import level_name
from devices.models import Workshop
from runs.acts import Verb
from runs.models import Act

VERBS = {
    Verb.RELEASE: pgettext_lazy("act", "Released"),
    Verb.TAKE_BACK: pgettext_lazy("act", "Taken back"),
    Verb.STOP: pgettext_lazy("act", "Stopped"),
    Verb.END_LINKS: pgettext_lazy("act", "Links ended"),
    Verb.PAUSE: pgettext_lazy("act", "Break begun"),
    Verb.RESUME: pgettext_lazy("act", "Break ended"),
    Verb.NAME: pgettext_lazy("act", "Named"),
    Verb.MOVE: pgettext_lazy("act", "Moved"),
    Verb.CREATE_WORKSHOP: pgettext_lazy("act", "Workshop made"),
    Verb.CHANGE_WORKSHOP: pgettext_lazy("act", "Workshop changed"),
    Verb.NEXT_GROUP: pgettext_lazy("act", "Next group begun"),
    Verb.FORMER_GROUP: pgettext_lazy("act", "Group before brought back"),
    Verb.MESSAGE: pgettext_lazy("act", "Message sent"),
    Verb.LOWER_HAND: pgettext_lazy("act", "Helped"),
    Verb.EXPORT: pgettext_lazy("act", "Exported"),
    Verb.PRINT: pgettext_lazy("act", "Cards printed"),
}
_ARROW = " → "


def done_by(act: Act) -> str:
    """Return what was done and by whom, and who has undone it."""
    what = {verb.value: str(text) for verb, text in VERBS.items()}.get(act.verb, act.verb)
    text = _("%(what)s by %(who)s") % {"what": what, "who": name_of_actor(act)}
    if act.undone_by is None:
        return text
    undone = _("undone by %(who)s, %(time)s") % {
        "who": name_of_actor(act.undone_by),
        "time": time_format(timezone.localtime(act.undone_by.at), "H:i"),
    }
    return f"{text} ({undone})"


def name_of_actor(act: Act) -> str:
    """Return who did it, as they were called then."""
    if act.actor_kind == "command":
        return _("the command line")
    if act.actor_kind == "device":
        return act.actor_name or act.actor_key[:8]
    return act.actor_name


def target_of(act: Act) -> SafeString | str:
    """Return what it was done on, as a link where that is still there."""
    if act.target_kind == "run" and act.run:
        text = f"{kind_name(act.run.kind)}, {device_shown(act.run)}"
        return _link("admin:runs_run_change", act.run.pk, text)
    if act.target_kind == "device" and act.device:
        return _link("admin:devices_device_change", act.device.pk, device_name(act.device))
    if act.target_kind == "workshop" and act.workshop_id:
        return _link("admin:devices_workshop_change", act.workshop_id, act.target_key)
    return act.target_key or "–"


def _link(page: str, key: Any, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(page, args=[key]), text)


def details_of(act: Act) -> str:
    """Return what else is known of it: from what to what, how much, in which words."""
    details = act.details
    match act.verb:
        case Verb.NAME | Verb.MOVE | Verb.NEXT_GROUP | Verb.FORMER_GROUP:
            return _change(details)
        case Verb.CHANGE_WORKSHOP:
            return "; ".join(
                f"{_field_name(name)}: {_change(change, name)}"
                for name, change in details.get("changes", {}).items()
            )
        case Verb.PAUSE | Verb.MESSAGE:
            return str(details.get("message", ""))
        case Verb.EXPORT:
            count = details.get("runs", 0)
            return ngettext("%(count)d run", "%(count)d runs", count) % {"count": count}
        case Verb.PRINT:
            count = len(details.get("runs", []))
            return ngettext("%(count)d card", "%(count)d cards", count) % {"count": count}
    return ""


def _field_name(name: str) -> str:
    fields = {field.name: field for field in Workshop._meta.concrete_fields}
    return capfirst(str(fields[name].verbose_name)) if name in fields else name


def _change(change: Mapping[str, Any], field: str = "") -> str:
    return _ARROW.join(value_shown(change.get(side), field) for side in ("before", "after"))


def value_shown(value: Any, field: str) -> str:
    """Return a value of `field` as the details of acts have it, in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(config_name(str(each)) for each in value) or _("all of them")
    if not value:
        return "–"
    if field == "safety_level":
        return level_name(value)
    at = parse_datetime(value) if field in ("opens_at", "closes_at") else None
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else str(value)
