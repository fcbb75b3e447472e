"""Words of going on from a work, and of the family that comes of it."""

from __future__ import annotations

from django.utils.translation import gettext as _


def going_on_strings() -> dict[str, str]:
    return {
        "from_seed": _("number {n}"),
        "changed_idea": _("New idea"),
        "changed_rule": _("Another rule: {name}"),
        "changed_text": _("Text changed"),
        "changed_machine": _("Another machine: {name}"),
        "changed_seed": _("Thrown anew"),
        "same_chance": _("The same chance"),
        "changed_nothing": _("Once more the same"),
        "this_work": _("You are looking at this one"),
    }
