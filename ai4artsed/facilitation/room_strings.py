"""The words of the facilitators' room that its script needs; `{name}` is filled in there."""

from __future__ import annotations

from django.utils.translation import gettext as _


def room_strings() -> dict[str, str]:
    return {
        "failed": _("That did not work. Please try again."),
        "offline_request": _("There is no connection to the server."),
        "lost": _("No connection to the server since {time}. This is what was."),
        # What a device does
        "state_writing": _("writes"),
        "state_choosing": _("chooses"),
        "state_waiting": _("waits"),
        "state_looking": _("looks"),
        "state_hidden": _("elsewhere"),
        "state_away": _("away"),
        "state_making": _("is being made"),
        "state_queued": _("waits, place {place}"),
        "trouble_blocked": _("blocked"),
        "trouble_failed": _("failed"),
        "hand": _("asks for help"),
        "released": _("released"),
        "since_seconds": _("{n} s"),
        "since_minutes": _("{n} min"),
        "since_hours": _("{n} h"),
        # What needs somebody
        "count_help_one": _("1 asks for help"),
        "count_help_many": _("{n} ask for help"),
        "count_blocked_one": _("1 blocked"),
        "count_blocked_many": _("{n} blocked"),
        "count_failed_one": _("1 failed"),
        "count_failed_many": _("{n} failed"),
        "all_well": _("Nobody needs help"),
        "group": _("Group {n}"),
        # The engines
        "health_ok": _("All engines answer"),
        "health_slow": _("Not answering: {servers}"),
        "health_down_worker": _("No pictures are being made: the worker is not running."),
        "health_down_storage": _("Pictures cannot be kept: look at the disk."),
        # A break and messages
        "pause_left": _("{time} left"),
        "pause_open": _("until you say so"),
        "sent": _("Sent."),
        "message_all": _("Message to everybody"),
        "message_one": _("Message to {name}"),
        "queue_empty": _("Nobody is waiting."),
        "stop": _("Stop"),
    }
