"""What is said to methods that an address does not know."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt


# It changes nothing, so there is nothing that a foreign page could have it do.
@method_decorator(csrf_exempt, name="dispatch")
class ReadOnlyView(View):
    """A view that only reads: other methods are told that they are not allowed, with `Allow`."""


class OptionsMiddleware:
    """Answers OPTIONS where a view does not: with the methods that it allows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "OPTIONS":
            return response
        if response.status_code == 405:
            response = HttpResponse(headers={"Allow": f"{response.headers['Allow']}, OPTIONS"})
        if isinstance(response, HttpResponse) and not response.content:
            # Nothing is no page, as which Django sends it.
            response.headers.pop("Content-Type", None)
        return response
