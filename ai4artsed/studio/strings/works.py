"""Words of the page of works."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def works_strings() -> dict[str, str]:
    return {
        "title_mine": _("My works"),
        "title_group": _("From the group"),
        "count_one": _("1 work"),
        "count": _("{n} works"),
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "of_you": _("of yours"),
        "none_mine": _("You have no works yet. Each picture that you make will hang here."),
        "none_group": _(
            "No work hangs here yet. The workshop leader decides which works all may see."
        ),
        "none_found": _("No work is like that."),
        "choose": _("Choose two to four works."),
        "choose_more": _("One more at least."),
        "choose_done": _("Now look at what is different."),
        "choose_most": _("Four is the most. Let go of one first."),
        "compare_n": _("Compare {n}"),
        "work_n": _("Work {n}"),
        "same_all": _("The same in all: {facts}."),
        "same_nothing": _("Nothing is the same in all."),
        "same_everything": _("All was the same. Only chance threw differently."),
        "fact_idea": pgettext("fact", "Idea"),
        "fact_text": pgettext("fact", "Text"),
        "fact_nothing": _("none"),
    }
