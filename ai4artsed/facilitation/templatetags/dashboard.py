"""How devices and times are called on the dashboard and on the page of a run."""

from __future__ import annotations

from django import template

from ai4artsed.facilitation.columns import (
    config_name,
    device_name,
    device_shown,
    kind_name,
    released,
    status,
    thumbnail,
)
from devices.presence import ago

register = template.Library()
register.filter("ago", ago)
register.filter("config_name", config_name)
register.filter("device_name", device_name)
register.filter("device_shown", device_shown)
register.filter("kind_name", kind_name)
register.filter("released", released)
register.filter("status", status)
register.filter("thumbnail", thumbnail)
