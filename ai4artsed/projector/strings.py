"""The words that the projector's page needs in its scripts; `{name}` is filled in there."""

from __future__ import annotations

from django.utils.translation import gettext as _


def projector_strings() -> dict[str, str]:
    """Return the words by their key, in the language in force."""
    return {
        # What the band says
        "wall_empty": _("Here works appear as soon as they are released."),
        "wall_one": _("One work is on the wall."),
        "wall_many": _("{n} works are on the wall."),
        "wall_latest": _("The latest {n} works are on the wall."),
        "reveal_none": _("As soon as a work is released, it can be revealed here."),
        "reveal_idea": _("It began with this idea. What will the rule make of it?"),
        "reveal_text": _("The rule “{rule}” has made this of it. What will the picture look like?"),
        "reveal_text_plain": _("These are the words that the picture machine got."),
        "reveal_picture": _("And this is the picture."),
        "guess_none": _("For this game at least two works with different ideas must be released."),
        "guess_ask": _("Which idea made this picture? Decide, then reveal it."),
        "guess_told": _("It was {letter}."),
        "matrix_ask": _("One idea, all rules: what does each of them do with it?"),
        "matrix_busy": _("The rules are at work: {done} of {all}."),
        "matrix_done": _("{all} rules, {all} texts. Press on one to read it large."),
        "matrix_staff": _("For this, sign in as workshop leader on this computer."),
        # What there is to press
        "next": _("Next"),
        "reveal": _("Reveal"),
        "next_work": _("Next work"),
        "next_round": _("Next picture"),
        # When something does not work
        "failed": _("This rule did not get through."),
        "offline_request": _("There is no connection right now."),
        "lost": _("No connection right now. The wall shows what was."),
        "picture_of": _("Picture of the idea: {idea}"),
        "no_rule": _("without a rule"),
    }
