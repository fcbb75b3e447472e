"""The participants' page."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ai4artsed.words import studio_words
from devices.identity import identify
from pipelines.configured import RULE_BASED, TEXT_ENGINE

# Named in the page's head, so that a tablet asks for all of them at once.
MODULES = sorted(
    f"js/studio/{path.name}"
    for path in Path(settings.BASE_DIR, "static", "js", "studio").glob("*.js")
)


@require_safe
@never_cache
def studio(request: HttpRequest) -> HttpResponse:
    """Show the page and make the device known."""
    return render(
        request,
        "studio.html",
        {
            "device": identify(request),
            "languages": settings.LANGUAGES,
            "words": studio_words(),
            "modules": MODULES,
            "max_idea_characters": settings.MAX_IDEA_CHARACTERS,
            "max_rule_characters": settings.MAX_PROMPT_CHARACTERS,
            "max_prompt_characters": settings.MAX_PROMPT_CHARACTERS,
            "text_engine_name": TEXT_ENGINE.capitalize(),
            "text_engine_rule_based": TEXT_ENGINE in RULE_BASED,
        },
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead those who ask at the root, as browsers do for the admin, to our mark."""
    return redirect(static("icons/mark.svg"))
