"""What is answered where no view could: JSON for the API, a friendly page for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from web.problems import Problem

API_PATHS = ("/api/", "/pipeline_configs_with_properties", "/healthz")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, Problem(400, "bad-request", _("This request is not in order.")))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, Problem(404, "not-found", _("There is nothing here.")))


def server_error(request: HttpRequest) -> HttpResponse:
    message = _("Something went wrong with us. Your text is kept. Please try again.")
    return _answer(request, Problem(500, "server-error", message))


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    if request.path.startswith(API_PATHS):
        return problem.response(contract=not request.path.startswith("/api/runs/"))
    page = render_to_string("error.html", {"problem": problem}, request=request)
    return HttpResponse(page, status=problem.status)
