"""What the views of runs share: whose run it is, and answers that are files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from runs.models import Run, RunQuerySet
from web.problems import Problem


def own_run(request: Request, run_id: str) -> Run:
    """Return the run with its files; 404 also for another device's: that it exists is not told."""
    return _one_of(Run.objects.belonging_to(request), run_id)


def visible_run(request: Request, run_id: str) -> Run:
    """Return the run as `own_run` does, or one that was released to the workshop.

    Of the latter, which `is_own` is not, only what it made and its texts may be told.
    """
    return _one_of(Run.objects.visible_to(request), run_id)


def _one_of(runs: RunQuerySet, run_id: str) -> Run:
    runs = runs.select_related("device", "workshop").prefetch_related("entities")
    run = runs.filter(run_id=run_id).first()
    if run is None:
        raise Http404
    return run


def not_there() -> Problem:
    return Problem(404, "not-found", _("There is nothing here."))


class FileNegotiation(DefaultContentNegotiation):
    """For views that answer with a file: whatever is accepted, only their errors are JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: Any = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)
