"""What is answered where no view could: JSON for the API, a friendly page for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from web.problems import CONTENT_TYPE, Problem

_CHARSET = re.compile(rb";\s*charset=[^;]*", re.IGNORECASE)
API_PATHS = ("/api/", "/pipeline_configs_with_properties", "/healthz")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, Problem(400, "bad-request", _("This request is not in order.")))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, Problem(404, "not-found", _("There is nothing here.")))


def forbidden(request: HttpRequest) -> HttpResponse:
    return _answer(request, Problem(403, "forbidden", _message_for(403)))


def server_error(request: HttpRequest) -> HttpResponse:
    message = _("Something went wrong with us. Your text is kept. Please try again.")
    return _answer(request, Problem(500, "server-error", message))


class Handler(ASGIHandler):
    """Django's, but what cannot even become a request is answered like every other mistake.

    And each is read as UTF-8: where `Content-Type` names an encoding that is none for texts, Django
    cannot read even the query.
    """

    def create_request(self, scope: Any, body_file: Any) -> Any:
        headers = [
            (name, _CHARSET.sub(b"", value) if name == b"content-type" else value)
            for name, value in scope["headers"]
        ]
        request, refusal = super().create_request({**scope, "headers": headers}, body_file)
        if refusal is not None:
            status = refusal.status_code
            problem = Problem(status, _kind_of(status), _message_for(status))
            refusal = problem.response(contract=True)
        return request, refusal


class ProblemMiddleware:
    """Words each error of the API as a problem, wherever below it came from.

    Django's own answers to a wrong method or a missing token are empty, or pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        status = response.status_code
        if status < 400 or not _is_api(request) or response["Content-Type"] == CONTENT_TYPE:
            return response
        problem = Problem(status, _kind_of(status), _message_for(status))
        answer = _answer(request, problem)
        for name in ("Allow", "Content-Range", "Retry-After", "WWW-Authenticate"):
            if name in response.headers:
                answer.headers[name] = response.headers[name]
        return answer


def _kind_of(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "-")


def _message_for(status: int) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return _("There is nothing here.")
    if status == HTTPStatus.FORBIDDEN:
        return _("You may not do this.")
    return _("This request is not in order.")


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API_PATHS)


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    if _is_api(request):
        return problem.response(contract=not request.path.startswith("/api/runs/"))
    page = render_to_string("error.html", {"problem": problem}, request=request)
    return HttpResponse(page, status=problem.status)
