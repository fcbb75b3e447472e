"""Cells that the list of runs, the list of devices and the page of a run share."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from devices.models import Device
from pipelines.registry import get_catalog
from runs.models import Kind, Run, Status


def config_name(config_id: str) -> str:
    """Return what a rule or output config is called; its id where the catalog has lost it."""
    catalog = get_catalog()
    config = catalog.interceptions.get(config_id) or catalog.outputs.get(config_id)
    return config.name.in_language(get_language() or "de") if config else config_id


def thumbnail(run_id: str) -> SafeString:
    return format_html(
        '<img class="thumbnail" src="/api/runs/{}/thumbnail" alt="{}"'
        ' width="96" height="96" loading="lazy" decoding="async">',
        run_id,
        _("picture"),
    )


def status(run: Run) -> SafeString:
    """Return the status as a word with a mark of its own form, so that colour is not needed."""
    return format_html(
        '<span class="status status-{}">{}</span>', run.status, status_name(run.status)
    )


def released(run: Run) -> SafeString:
    """Return a mark for a run that its workshop may see, nothing for others."""
    if run.released_at is None:
        return SafeString("")
    return format_html(' <span class="status status-released">{}</span>', _("released"))


def moment(at: datetime) -> SafeString:
    """Return time and day, the time first: that is what one looks for in the room."""
    local = timezone.localtime(at)
    return format_html(
        '<span class="time">{}</span> <span class="day">{}</span>',
        time_format(local, "H:i"),
        date_format(local, "SHORT_DATE_FORMAT"),
    )


def device_shown(run: Run) -> str:
    """Return the name that the run bears, else the device's, else the start of its id."""
    if run.device_name or run.device is None:
        return run.device_name or "–"
    return device_name(run.device)


def device_name(device: Device) -> str:
    """Return the device's name, else the start of its id."""
    return device.name or device.pk[:8]


def status_name(status: str) -> str:
    return str(Status(status).label) if status in Status.values else status


def kind_name(kind: str) -> str:
    return str(Kind(kind).label) if kind in Kind.values else kind
