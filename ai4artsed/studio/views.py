"""The participants' pages."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from ai4artsed.studio.module_graph import needed_modules
from ai4artsed.studio.strings import studio_page_strings, works_page_strings
from devices.identity import greet
from pipelines.engines.table import RULE_BASED
from pipelines.servers.routing import ChosenModel, text_model

STATIC = Path(settings.BASE_DIR, "static")
STUDIO_SCRIPT = "js/studio/main.js"
WORKS_SCRIPT = "js/works/main.js"


@require_safe
@never_cache
@gzip_page
def studio(request: HttpRequest) -> HttpResponse:
    """Show the page, and give the browser its cookie."""
    text = text_model()
    return render(
        request,
        "studio.html",
        {
            "device": greet(request),
            "languages": settings.LANGUAGES,
            "view": "idea",
            "script": STUDIO_SCRIPT,
            "modules": needed_modules(STATIC, STUDIO_SCRIPT),
            "strings": studio_page_strings(),
            "max_idea_characters": settings.MAX_IDEA_CHARACTERS,
            "max_rule_characters": settings.MAX_PROMPT_CHARACTERS,
            "max_prompt_characters": settings.MAX_PROMPT_CHARACTERS,
            "text_engine_name": _text_engine_name(text),
            "text_engine_rule_based": text.server.engine in RULE_BASED,
        },
    )


@require_safe
@never_cache
@gzip_page
def works(request: HttpRequest) -> HttpResponse:
    """Show the works of the device, and those released to its workshop."""
    return render(
        request,
        "works.html",
        {
            "device": greet(request),
            "languages": settings.LANGUAGES,
            "view": "works",
            "script": WORKS_SCRIPT,
            "modules": needed_modules(STATIC, WORKS_SCRIPT),
            "strings": works_page_strings(),
        },
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead those who ask at the root, as browsers do for the admin, to our mark."""
    return redirect(static("icons/mark.svg"))


def _text_engine_name(text: ChosenModel) -> str:
    """What the page calls whoever rewrites: our own by its name, a model by what it is."""
    if text.server.engine in RULE_BASED:
        return text.server.engine.capitalize()
    return text.model or _("language model")
