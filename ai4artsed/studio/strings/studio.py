"""Words of the way from the idea to the picture."""

from __future__ import annotations

from django.utils.translation import gettext as _


def studio_strings() -> dict[str, str]:
    return {
        # What happens now, and who acts
        "now_idea": _("Write down what you want to see."),
        "left": _("{n} characters left"),
        "now_idea_missing": _("The rule is chosen. Now write down your idea."),
        "now_rule": _("Now choose a rule. It will change your idea."),
        "now_own_rule": _("Write your own rule: what should happen to your idea?"),
        "now_rewrite": _("Give your idea to the rule machine."),
        "now_change": _("Change something in your text, then try once more."),
        "now_rewriting": _("The rule machine is rewriting your idea. You can watch."),
        "now_reading": _("The rule machine reads your idea and the rule. This can take a while."),
        "now_text_missing": _("The text is empty. Write something the picture machine can use."),
        "now_output": _("Change what you like. Then choose a picture machine."),
        "now_value": _("“{name}” is still missing."),
        "now_optimize": _("“{name}” likes its own words. Shall your text be put into them?"),
        "now_optimizing": _("Your text is put into the machine's words. You can watch."),
        "now_make": _("“{name}” is ready. Shall it make the picture?"),
        "now_queued": _("Your picture is waiting for its turn. You need not do anything."),
        "now_making": _("The picture machine is at work."),
        "now_done": _("Your picture is there. Take your time to look at it."),
        "now_offline": _("No connection right now. Your text is kept, we keep trying."),
        "act_rewrite": _("Rewrite"),
        "act_optimize": _("Into its words"),
        "act_make": _("Make the picture"),
        "act_look": _("Go and look"),
        # When something does not work
        "lost_text": _("The rule machine was interrupted. Your idea is kept. Please try again."),
        "lost_picture": _("The picture was interrupted. Your text is kept. Please try again."),
        "gone_text": _("The text cannot be found from here. Your idea is kept. Please try again."),
        "gone_picture": _("The picture cannot be found from here. Your text is kept."),
        "no_cookie": _(
            "For the grown-ups: this browser does not send our cookie back, so it could not find "
            "its pictures again. Allow cookies for this address, then press once more."
        ),
        "stopped": _("Stopped. Your text is still here."),
        "values_title": _("What this machine wants to know"),
        "value_optional": _("(if you like)"),
        "upload_choose": _("Choose a picture"),
        "upload_other": _("Choose another picture"),
        "upload_sending": _("The picture is on its way …"),
        "upload_there": _("The picture is here. Place and time were removed from it."),
        "leave_it": _("Leave it as it is"),
        "optimization_title": _("In the words of “{name}”"),
        # Rules
        "groups": "aesthetics semantics arts technical_imaging attitudes "
        "critical_analysis freestyle research",
        "rule_gone": _("“{name}” is not part of the workshop any more. Choose another rule."),
        "output_gone": _("“{name}” is not part of the workshop any more. Choose another one."),
        "group_all": _("All"),
        "group_aesthetics": _("Looks"),
        "group_semantics": _("Language"),
        "group_arts": _("Art"),
        "group_technical_imaging": _("Cameras and machines"),
        "group_attitudes": _("Attitude"),
        "group_critical_analysis": _("Look closely"),
        "group_freestyle": _("Free play"),
        "group_research": _("Research"),
        "rule_open": _("Look at the rule and change it"),
        "rule_open_changed": _("Your changed rule"),
        "rule_close": _("Close the rule"),
        "rule_hint": _("This is what the rule says. You may change every word."),
        "own_rule_hint": _("You decide! Write down how your idea should change."),
        # Picture machines and time
        # The plate
        "sending": _("One moment"),
        "place": _("is your place in the queue"),
        "next": _("You are next"),
        "at_work": _("{name} is at work"),
        "still": _("about {time} to go"),
        "any_moment": _("done any moment now"),
        "longer": _("it takes a little longer than expected"),
        "being_made": _("being made"),
    }
