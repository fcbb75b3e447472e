"""How requests are read: JSON no deeper than anything of ours, and addresses without NUL."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import IO, Any

from django.http import Http404, HttpRequest, HttpResponseBase
from rest_framework import exceptions, parsers

# Nothing that our endpoints take is half as deep; what reads it further on may then recurse.
MOST_DEPTH = 32


def parse_json(data: bytes) -> Any:
    """Return the value that `data` is as JSON; raises `ValueError` where it is none for us."""
    try:
        value = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _require_shallow(value)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _require_shallow(value: Any) -> None:
    level = [value]
    for _depth in range(MOST_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise ValueError("nested too deeply")


class JSONParser(parsers.JSONParser):
    """DRF's, but what is read is what `parse_json` reads."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return parse_json(stream.read())
        except ValueError as error:
            raise exceptions.ParseError from error


# Where parts of an address are looked up as they come.
_LOOKED_UP = ("/api/", "/admin/")


class NulMiddleware:
    """Answers that there is nothing where an address has a NUL: PostgreSQL refuses to look.

    Pages word it themselves, and look nothing up by what cannot be a code or a key.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info and request.path_info.startswith(_LOOKED_UP):
            raise Http404
        return self.get_response(request)
