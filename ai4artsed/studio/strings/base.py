"""Words that every page for participants needs."""

from __future__ import annotations

from django.utils.translation import gettext as _


def base_strings() -> dict[str, str]:
    return {
        "failed": _("That did not work. Your text is kept. Please try again."),
        "offline_request": _("There is no connection to the workshop. Your text is kept."),
        "try_again": _("Try again"),
        "no_ai": _("no AI"),
        "one_second": _("one second"),
        "seconds": _("{n} seconds"),
        "minutes": _("{n} minutes"),
        "takes": _("about {time}"),
        "takes_seconds": _("{from} to {to} seconds"),
        "takes_minutes": _("{from} to {to} minutes"),
    }
