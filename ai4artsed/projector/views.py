"""What the projector shows: the code, and of the workshop's works those that were released.

The address ends in the join code, which opens to staff who may view runs, or in a signed key that
holds for a day's workshop and opens to whoever was given it. Files are delivered from here, so that
the projector needs no rights but these.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ai4artsed.projector.strings import projector_strings
from ai4artsed.studio.module_graph import needed_modules
from devices.joining import is_code
from devices.models import Workshop
from pipelines import registry
from pipelines.catalog import InterceptionConfig
from runs import media
from runs.archive import ArchiveError
from runs.models import Entity, Run, RunQuerySet, may_view_all
from runs.texts import shown_name_of, text_of
from runs.thumbnails import CONTENT_TYPE, NoThumbnail, kept_at, thumbnail
from web.addresses import spoken_address

KEY_SECONDS = 12 * 3600
# More would be too small to see from the last row; the page says that these are the latest.
MOST_WORKS = 60
# Of keys that have been given out, so it stays whatever this module is called.
_SALT = "ai4artsed.room"

STATIC = Path(settings.BASE_DIR, "static")
SCRIPT = "js/projector/main.js"


@dataclass(frozen=True, slots=True)
class Projector:
    """A workshop as somebody looks at it; `may_write`: who signed in and may put a text in."""

    key: str
    workshop: Workshop
    may_write: bool

    def works(self) -> RunQuerySet:
        runs = Run.objects.released_in(self.workshop).with_picture()
        return runs.select_related("device", "workshop").prefetch_related("entities")


def signed_key(workshop: Workshop) -> str:
    """Return a key that shows the released works of `workshop` for twelve hours."""
    return signing.dumps([workshop.pk, workshop.join_code], salt=_SALT, compress=True)


def open_projector(request: HttpRequest, key: str) -> Projector:
    """Return the projector that `key` opens to the one who asks; 404 where it opens nothing."""
    if is_code(key):
        if not may_view_all(request.user):
            raise Http404
        workshop = get_object_or_404(Workshop, join_code=key)
        return Projector(key, workshop, request.user.has_perm("runs.release_run"))
    try:
        pk, code = signing.loads(key, salt=_SALT, max_age=KEY_SECONDS)
    except (signing.BadSignature, ValueError) as error:
        raise Http404 from error
    return Projector(key, get_object_or_404(Workshop, pk=pk, join_code=code), False)


@require_safe
@never_cache
def projector(request: HttpRequest, key: str) -> HttpResponse:
    """Show the page."""
    if is_code(key) and not may_view_all(request.user):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    found = open_projector(request, key)
    context = {
        "workshop": found.workshop,
        "may_write": found.may_write,
        "key": key,
        "other_key": signed_key(found.workshop) if is_code(key) else "",
        "address": spoken_address(request),
        "rules": _rules(found.workshop),
        "strings": projector_strings(),
        "script": SCRIPT,
        "modules": needed_modules(STATIC, SCRIPT),
        "max_idea_characters": settings.MAX_IDEA_CHARACTERS,
    }
    response = render(request, "projector.html", context)
    # The address is the key; it is not to be told to any other.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@never_cache
def projector_works(request: HttpRequest, key: str) -> JsonResponse:
    """Answer with the released works, the latest first."""
    found = open_projector(request, key)
    works = list(found.works()[: MOST_WORKS + 1])
    shown = [_payload(key, run) for run in works[:MOST_WORKS]]
    return JsonResponse({"works": shown, "more": len(works) > MOST_WORKS})


@require_safe
@never_cache
def projector_work(request: HttpRequest, key: str, run_id: str) -> JsonResponse:
    """Answer with one released work and its texts."""
    run = _work(request, key, run_id)
    texts = {
        "interception": text_of(run, "interception"),
        "prompt": text_of(run, "optimized_prompt"),
    }
    return JsonResponse(_payload(key, run) | texts)


@require_safe
def projector_picture(request: HttpRequest, key: str, run_id: str) -> HttpResponseBase:
    run = _work(request, key, run_id)
    try:
        return media.deliver(request, run, _picture(run))
    except ArchiveError as error:
        raise Http404 from error


@require_safe
def projector_thumbnail(request: HttpRequest, key: str, run_id: str) -> HttpResponseBase:
    run = _work(request, key, run_id)
    picture = _picture(run)
    try:
        data = thumbnail(run, picture)
    except NoThumbnail as error:
        raise Http404 from error
    etag = f'"{kept_at(run, picture).stem}"'
    return media.deliver_bytes(request, data, content_type=CONTENT_TYPE, etag=etag)


def _work(request: HttpRequest, key: str, run_id: str) -> Run:
    works = open_projector(request, key).works()
    return get_object_or_404(works, run_id=run_id.replace("\0", ""))


def _picture(run: Run) -> Entity:
    picture = next(iter(media.pictures(run)), None)
    if picture is None:
        raise Http404
    return picture


def _payload(key: str, run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "idea": run.idea,
        "rule": run.interception_config,
        "name": shown_name_of(run),
        "picture": reverse("projector-picture", args=[key, run.run_id]),
        "thumbnail": reverse("projector-thumbnail", args=[key, run.run_id]),
    }


def _rules(workshop: Workshop) -> list[dict[str, Any]]:
    """Return all rules, by which works are named; those that may be used here are `allowed`."""
    language = get_language() or "de"
    rules = sorted(registry.get_catalog().interceptions.values(), key=lambda rule: rule.order)
    return [
        {
            "id": rule.id,
            "name": rule.name.in_language(language),
            "color": rule.color,
            "icon": rule.icon,
            "allowed": _is_allowed(rule, workshop, language),
        }
        for rule in rules
    ]


def _is_allowed(rule: InterceptionConfig, workshop: Workshop, language: str) -> bool:
    """Tell whether `rule` belongs into the matrix: of use here, and a rule of our own making."""
    listed = not workshop.allowed_rules or rule.id in workshop.allowed_rules
    return listed and rule.workshop_suitable and bool(rule.context.in_language(language))
