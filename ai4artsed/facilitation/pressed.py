"""What was pressed when nobody was logged in any more: it is asked again after logging in.

The browser keeps it in a signed cookie, so nothing is stored for whoever is not known. It is never
done by following an address: a page says what it was, and one button sends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_format_dict
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import ResolverMatch, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ai4artsed.errors import forbidden
from ai4artsed.facilitation.columns import device_shown
from devices.models import Workshop
from runs.models import Run

COOKIE = "ai4artsed_pressed"
COOKIE_SECONDS = 15 * 60
# Browsers keep no cookie of more than 4 kB, its name and attributes included.
_MOST_CHARACTERS = 3_800
_SALT = "facilitation.pressed"

_BUTTONS: dict[str, Promise] = {
    "devices_workshop_pause": gettext_lazy("Break for all"),
    "devices_workshop_continue": gettext_lazy("Go on"),
    "end-links": gettext_lazy("End all links to works"),
    "runs_run_stop": gettext_lazy("Stop this run"),
    "runs_run_release": gettext_lazy("Release to the workshop"),
    "runs_run_take_back": gettext_lazy("Take back from the workshop"),
    "health-load": gettext_lazy("Load its models"),
}
_OF_WORKSHOPS = ("devices_workshop_", "end-links")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A request that was not carried out: where it went and the fields of its form."""

    address: str
    fields: list[list[str]]

    def values_of(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """Lead to the login and from there to the question, with what was pressed."""
    return _keep(request, redirect_to_login(reverse("admin:again"), reverse("admin:login")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Ask again where somebody logged in anew in another tab; else refuse.

    Pages of others cannot come this far: with their requests browsers send no session.
    """
    if request.path.startswith(reverse("admin:index")) and request.user.is_staff:
        return _keep(request, redirect("admin:again"))
    return forbidden(request)


def _keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    fields = [
        [name, str(value)]
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    kept = _signed([request.get_full_path(), fields])
    if len(kept) > _MOST_CHARACTERS:
        kept = _signed([request.get_full_path(), None])
    response.set_cookie(
        COOKIE,
        kept,
        max_age=COOKIE_SECONDS,
        path=reverse("admin:index"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    add_never_cache_headers(response)
    return response


def _signed(value: Any) -> str:
    return signing.dumps(value, salt=_SALT, compress=True)


def again(request: HttpRequest, context: dict[str, Any], registry: Any) -> HttpResponse:
    """Say what was pressed and has not been done, and offer to do it now."""
    try:
        kept = request.COOKIES.get(COOKIE, "")
        address, fields = signing.loads(kept, salt=_SALT, max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        text = _("You were logged out, and what you pressed then has not been done.")
        messages.warning(request, text)
        return redirect("admin:index")
    pressed = Pressed(address, fields or [])
    match = resolve(address.partition("?")[0])
    context |= {
        "title": _("You were logged out"),
        "pressed": pressed,
        "is_kept": fields is not None,
        "what": _button(request, pressed, match, registry),
        "target": _target(match),
    }
    return TemplateResponse(request, "admin/again.html", context)


def _button(request: HttpRequest, pressed: Pressed, match: ResolverMatch, registry: Any) -> str:
    """Return what the button said, as far as that can be told."""
    if match.url_name in _BUTTONS:
        return str(_BUTTONS[match.url_name])
    chosen = len(pressed.values_of(ACTION_CHECKBOX_NAME))
    for action in pressed.values_of("action"):
        for model_admin in registry.values():
            if _is_list_of(match, model_admin) and "_save" not in dict(pressed.fields):
                text = _action_text(request, model_admin, action)
                count = ngettext("%(count)d chosen", "%(count)d chosen", chosen) % {"count": chosen}
                return f"{text} ({count})"
    return _("Save")


def _is_list_of(match: ResolverMatch, model_admin: ModelAdmin[Any]) -> bool:
    opts = model_admin.opts
    return match.url_name == f"{opts.app_label}_{opts.model_name}_changelist"


def _action_text(request: HttpRequest, model_admin: ModelAdmin[Any], action: str) -> str:
    known = model_admin.get_actions(request).get(action)
    return str(known[2]) % model_format_dict(model_admin.opts) if known else action


def _target(match: ResolverMatch) -> str:
    key = str(match.kwargs.get("pk") or match.kwargs.get("object_id") or "")
    name = match.url_name or ""
    if not key.isdigit():
        return ""
    if name.startswith(_OF_WORKSHOPS):
        return str(Workshop.objects.filter(pk=key).first() or "")
    run = Run.objects.select_related("device").filter(pk=key).first()
    return device_shown(run) if run and name.startswith("runs_run_") else ""
