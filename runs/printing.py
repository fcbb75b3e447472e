"""Cards of runs on paper: the app above draws them, the lists here offer them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from runs.models import RunQuerySet

Printer = Callable[[HttpRequest, RunQuerySet], HttpResponse | None]
"""Takes runs of any kind and answers with a PDF, or with None after having said why not."""

_printers: list[Printer] = []


def print_by(printer: Printer) -> None:
    """Take what draws the cards; it lies above this app."""
    _printers[:] = [printer]


def print_cards(request: HttpRequest, runs: RunQuerySet) -> HttpResponse | None:
    """Answer as the printer does."""
    return _printers[0](request, runs)
