"""What was pressed when nobody was logged in any more: it is asked again after logging in.

The browser keeps it in a signed cookie, so nothing is stored for whoever is not known. It is never
done by following an address: a page says what it was, and one button sends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_format_dict
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from ai4artsed.errors import forbidden
from ai4artsed.facilitation.columns import device_shown
from devices.models import Workshop
from runs.models import Run
from web.problems import Problem

COOKIE = "ai4artsed_pressed"
COOKIE_SECONDS = 15 * 60
# Browsers keep no cookie of more than 4 kB, its name and attributes included.
_MOST_CHARACTERS = 3_800
_SALT = "facilitation.pressed"

_BUTTONS: dict[str, Promise] = {
    "devices_workshop_pause": gettext_lazy("Break for all"),
    "devices_workshop_continue": gettext_lazy("Go on"),
    "room-action-pause": gettext_lazy("All eyes up"),
    "room-action-continue": gettext_lazy("Go on"),
    "room-action-message": pgettext_lazy("room", "Message"),
    "room-action-lower-hand": gettext_lazy("I am here, hand down"),
    "room-action-name": gettext_lazy("Save names"),
    "room-action-stop": gettext_lazy("Stop this run"),
    "room-action-release": gettext_lazy("Release to the workshop"),
    "end-links": gettext_lazy("End all links to works"),
    "runs_run_stop": gettext_lazy("Stop this run"),
    "runs_run_release": gettext_lazy("Release to the workshop"),
    "runs_run_take_back": gettext_lazy("Take back from the workshop"),
    "health-load": gettext_lazy("Load its models"),
}
Registry = Mapping[type[Model], ModelAdmin[Any]]
_OF_WORKSHOPS = ("devices_workshop_", "end-links", "room-action-")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A request that was not carried out: where it went, and the fields of its form.

    `name` and `key` are those of the address: which view, of which row. `fields` is None where
    they could not be kept.
    """

    address: str
    name: str
    key: str
    fields: list[list[str]] | None

    def values_of(self, name: str) -> list[str]:
        return [value for field, value in self.fields or () if field == name]


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """Lead to the login and from there to the question, with what was pressed."""
    if not request.accepts("text/html"):
        # A script follows no login; its page goes to the question.
        refusal = Problem(HTTPStatus.FORBIDDEN, "logged-out", _("You were logged out"))
        return _keep(request, refusal.response())
    return _keep(request, redirect_to_login(reverse("admin:again"), reverse("admin:login")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Ask again where somebody logged in anew in another tab; else refuse.

    Pages of others cannot come this far: with their requests browsers send no session.
    """
    if request.path.startswith(reverse("admin:index")) and request.user.is_staff:
        return _keep(request, redirect("admin:again"))
    return forbidden(request)


def _keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    match = request.resolver_match
    kwargs = match.kwargs if match else {}
    pressed = Pressed(
        request.get_full_path(),
        "-".join(filter(None, (match.url_name if match else "", kwargs.get("action", "")))),
        str(kwargs.get("pk", kwargs.get("object_id", ""))),
        _fields(request.POST),
    )
    kept = _signed(pressed)
    if len(kept) > _MOST_CHARACTERS:
        kept = _signed(replace(pressed, fields=None))
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


def _fields(sent: QueryDict) -> list[list[str]] | None:
    # What is signed can be read: no password waits in a cookie.
    if any("password" in name for name in sent):
        return None
    return [
        [name, str(value)]
        for name, values in sent.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]


def _signed(pressed: Pressed) -> str:
    return signing.dumps(astuple(pressed), salt=_SALT, compress=True)


def forget(request: HttpRequest, response: HttpResponseBase) -> None:
    """Forget what was pressed before where now something is: it is done, or was let be."""
    if request.method == "POST" and COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=reverse("admin:index"))


def again(request: HttpRequest, context: dict[str, Any], registry: Registry) -> HttpResponse:
    """Say what was pressed and has not been done, and offer to do it now."""
    try:
        kept = request.COOKIES.get(COOKIE, "")
        pressed = Pressed(*signing.loads(kept, salt=_SALT, max_age=COOKIE_SECONDS))
    except signing.BadSignature:
        text = _(
            "What you pressed before logging in is not known any more. Look whether it is done."
        )
        messages.warning(request, text)
        return redirect("admin:index")
    context |= {
        "title": _("You were logged out"),
        "pressed": pressed,
        "what": _button(request, pressed, registry),
        "target": _target(pressed),
    }
    return TemplateResponse(request, "admin/again.html", context)


def _button(request: HttpRequest, pressed: Pressed, registry: Registry) -> str:
    """Return what the button said, as far as that can be told."""
    if pressed.name in _BUTTONS:
        return str(_BUTTONS[pressed.name])
    if pressed.name.endswith("_delete"):
        return _("Delete")
    for model_admin in registry.values():
        opts = model_admin.opts
        is_list = pressed.name == f"{opts.app_label}_{opts.model_name}_changelist"
        if is_list and not pressed.values_of("_save"):
            return _action_text(request, pressed, model_admin)
    return _("Save")


def _action_text(request: HttpRequest, pressed: Pressed, model_admin: ModelAdmin[Any]) -> str:
    """Return what an action of a list is called, with the number of what was ticked."""
    known = model_admin.get_actions(request)
    actions = [known.get(action) for action in pressed.values_of("action")]
    text = ", ".join(str(action[2]) for action in actions if action)
    text %= model_format_dict(model_admin.opts)
    if "1" in pressed.values_of("select_across"):
        return text
    chosen = len(pressed.values_of(ACTION_CHECKBOX_NAME))
    count = ngettext("%(count)d chosen", "%(count)d chosen", chosen) % {"count": chosen}
    return f"{text} ({count})"


def _target(pressed: Pressed) -> str:
    if not pressed.key.isdecimal():
        return ""
    if pressed.name.startswith(_OF_WORKSHOPS):
        return str(Workshop.objects.filter(pk=pressed.key).first() or "")
    if pressed.name.startswith("runs_run_"):
        run = Run.objects.select_related("device").filter(pk=pressed.key).first()
        return device_shown(run) if run else ""
    return ""
