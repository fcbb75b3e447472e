"""The facilitators' way to cards: some works or all of today's as a PDF, and the end of links."""

from __future__ import annotations

from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from ai4artsed.cards.pdf import MOST_CARDS, pdf_of
from devices.models import Workshop
from runs.acts import Verb, new_act, record, require
from runs.models import Kind, Run, RunQuerySet, Status
from runs.sharing import end_links, is_showable, share_run
from web.addresses import room_address

# What is on paper others see as well.
PRINT = "runs.release_run"


def print_cards(
    request: HttpRequest, runs: RunQuerySet, *, workshop: Workshop | None = None
) -> HttpResponse | None:
    """Answer with a PDF of the cards of those of `runs` that have one, the earliest first.

    Where these are none or too many, say so and return None. `workshop` is where all are from.
    """
    require(request.user, PRINT)
    finished = runs.filter(kind=Kind.GENERATION, status=Status.COMPLETE)
    chosen = finished.select_related("device", "workshop").prefetch_related("entities")
    # No more than that are read, however many were chosen.
    ordered = chosen.order_by("created_at", "id").iterator(MOST_CARDS)
    works = list(islice((run for run in ordered if is_showable(run)), MOST_CARDS + 1))
    if not works or len(works) > MOST_CARDS:
        messages.warning(request, _refusal(finished.count() if works else 0))
        return None
    word = pgettext("file", "cards")
    name = f"{word}_{timezone.localtime():%Y-%m-%d}"
    pdf = pdf_of(works, address_of=lambda run: _address(request, run), title=name)
    details = {"runs": [run.run_id for run in works]}
    record(new_act(Verb.PRINT, by=request.user, workshop=workshop, details=details))
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
def workshop_cards(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the cards of what a workshop has made today."""
    workshop = get_object_or_404(Workshop, pk=pk)
    today = Run.objects.filter(workshop=workshop).of_day(timezone.localdate())
    return print_cards(request, today, workshop=workshop) or redirect(
        "admin:devices_workshop_change", pk
    )


@require_POST
def workshop_end_links(request: HttpRequest, pk: int) -> HttpResponse:
    """Have no link to a work of a workshop open anything any more."""
    workshop = get_object_or_404(Workshop, pk=pk)
    end_links(workshop=workshop, by=request.user)
    text = _("“%(workshop)s”: the links and QR codes given out so far show nothing any more.")
    messages.success(request, text % {"workshop": workshop})
    return redirect("admin:devices_workshop_change", pk)


def _refusal(count: int) -> str:
    if not count:
        return _("There is no finished work among these, so there is no card to print.")
    return ngettext(
        "%(count)d work is more than one PDF holds (%(most)d). Choose fewer in the list of runs.",
        "%(count)d works are more than one PDF holds (%(most)d). Choose fewer in the list of runs.",
        count,
    ) % {"count": count, "most": MOST_CARDS}


def _address(request: HttpRequest, run: Run) -> str:
    return room_address(request, reverse("shared", args=[share_run(run=run).token]))
