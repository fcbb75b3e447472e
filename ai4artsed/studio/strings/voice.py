"""Words of reading aloud, of speaking instead of typing, and for those who listen to the page."""

from __future__ import annotations

from django.utils.translation import gettext as _


def voice_strings() -> dict[str, str]:
    return {
        "read_aloud": _("Read aloud"),
        "stop_reading": _("Stop reading"),
        "dictate": _("Speak"),
        "dictate_stop": _("Stop listening"),
        "listening": _("The device is listening. Speak now."),
        "heard_nothing": _("Nothing was heard. Try once more, or type."),
        "microphone_forbidden": _("The microphone is not allowed here. You can type."),
        "microphone_missing": _("No microphone was found. You can type."),
        "dictation_failed": _("Listening did not work this time. You can type."),
        "announce_text": _("The new text is there."),
        "announce_optimized": _("The text for the machine is there."),
    }
