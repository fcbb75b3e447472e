"""The Content-Security-Policy header, from settings.SECURE_CSP (the format of Django 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


def policy_text(directives: Mapping[str, Iterable[str]]) -> str:
    """Return the header's value: each directive with its sources."""
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


class ContentSecurityPolicyMiddleware:
    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.policy = policy_text(settings.SECURE_CSP)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._answer(request)
        return self._with_policy(self.get_response(request))

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        return self._with_policy(await self.get_response(request))

    def _with_policy(self, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response
