"""How long ago a device was here, in words for a glance."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

# Who was seen within this time counts as being in the room.
PRESENT = timedelta(minutes=10)


def ago(moment: datetime, now: datetime | None = None) -> str:
    """Return the time since `moment`, short: minutes, hours or, past two days, the date."""
    seconds = ((now or timezone.now()) - moment).total_seconds()
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return _("%(count)d min ago") % {"count": seconds // 60}
    if seconds < 48 * 3600:
        return _("%(count)d h ago") % {"count": seconds // 3600}
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")
