"""Words of the room: a break, and the raised hand."""

from __future__ import annotations

from django.utils.translation import gettext as _


def room_strings() -> dict[str, str]:
    return {
        "pause_words": _("Look up and listen for a moment."),
        "hand": _("Get help"),
        "hand_up": _("Help is coming"),
    }
