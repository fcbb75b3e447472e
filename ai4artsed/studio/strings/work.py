"""Words about one work, wherever it is shown."""

from __future__ import annotations

from django.utils.translation import gettext as _


def work_strings() -> dict[str, str]:
    return {
        "picture_alt": _("The picture that the machine has made of your text"),
        "media_sound": _("The sound that the machine has made of your text"),
        "media_video": _("The film that the machine has made of your text"),
        "media_3d": _("This work has three dimensions. Save it to look at it from all sides."),
        "media_tones": _("This work is a program that plays sounds (Tone.js)."),
        "media_save": _("Save the file"),
        "picture_save": _("Save the picture"),
        "favourite": _("Favourite work"),
        "favourite_of": _("Favourite work: {idea}"),
        "open_work": _("Look at: {idea}"),
        "sketch_alt": _("The program draws"),
        "sketch_pause": _("Pause"),
        "sketch_go_on": _("Let it move"),
        "sketch_show": _("Show the code"),
        "sketch_hide": _("Hide the code"),
        "sketch_kept": _("Kept. Your version is among your pictures of today."),
        "sketch_silent": _(
            "The program did not answer any more and was ended. Change it, or start it again."
        ),
        "sketch_line": _("Line {line}:"),
        "sketch_error_syntax": _(
            "Something is missing here, or too much. "
            "Is every bracket and every quotation mark closed? ({message})"
        ),
        "sketch_error_unknown": _("The program does not know “{name}”. Is it spelled right?"),
        "sketch_error_no_command": _("“{name}” is no command. Is it spelled right?"),
        "sketch_error_forbidden": _(
            "The program wanted something that is not allowed here. A sketch may draw, "
            "and nothing else."
        ),
        "sketch_error_loop": _("This loop never ends. When should it stop?"),
        "sketch_error_empty": _("This is no sketch yet: it needs a function setup() or draw()."),
        "sketch_error_other": _("Something went wrong here. ({message})"),
        "fact_rule": _("Rule"),
        "fact_machine": _("Machine"),
        "fact_seed": _("Starting number"),
    }
