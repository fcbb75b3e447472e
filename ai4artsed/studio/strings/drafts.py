"""Words about what is kept and taken up again."""

from __future__ import annotations

from django.utils.translation import gettext as _


def draft_strings() -> dict[str, str]:
    return {
        "now_once_more": _("The rule machine was interrupted. It begins once more by itself."),
    }
