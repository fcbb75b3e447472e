"""How devices and times are called on the dashboard and on the page of a run."""

from __future__ import annotations

from django import template

from ai4artsed.facilitation.act_texts import details_of, done_by, target_of
from ai4artsed.facilitation.columns import (
    config_name,
    device_name,
    device_shown,
    kind_name,
    moment,
    released,
    status,
    thumbnail,
)
from devices.presence import ago

register = template.Library()
register.filter("ago", ago)
register.filter("config_name", config_name)
register.filter("details_of", details_of)
register.filter("device_name", device_name)
register.filter("device_shown", device_shown)
register.filter("done_by", done_by)
register.filter("kind_name", kind_name)
register.filter("moment", moment)
register.filter("released", released)
register.filter("status", status)
register.filter("target_of", target_of)
register.filter("thumbnail", thumbnail)
