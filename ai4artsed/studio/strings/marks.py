"""Words about who wrote which words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def mark_strings() -> dict[str, str]:
    return {
        "by_mine": pgettext("author", "from you"),
        "by_rule": pgettext("author", "from the rule"),
        "by_edit": pgettext("author", "changed by you"),
        "by_fitting": pgettext("author", "from the text AI for the machine"),
        "their_mine": pgettext("author", "own words"),
        "their_rule": pgettext("author", "from the rule"),
        "their_edit": pgettext("author", "own changes"),
        "their_fitting": pgettext("author", "from the text AI for the machine"),
        "percent": _("{n} %"),
        "marks_offline": _("No connection right now: the marks come as soon as it is back."),
    }
