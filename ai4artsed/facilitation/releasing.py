"""Releasing works in the admin: from the list or from the page of one, with a second look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ai4artsed.facilitation.lists import ListAdmin
from ai4artsed.facilitation.release_check import Issue, issues_of
from ai4artsed.facilitation.run_page import TEXTS
from runs.acts import require
from runs.archive import ArchiveError
from runs.models import Run
from runs.releasing import RELEASE, NotReleasable, release, require_releasable, take_back

# Each release reads and writes its folder.
MOST_AT_ONCE = 100
CONFIRMED = "confirmed"


class ReleasesRuns(ListAdmin[Run]):
    """Mixed into the admin of runs. Nobody else's work is shown before somebody has released it."""

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RELEASE)

    def release_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/release/", wrap(self.release_view), name="runs_run_release"),
            path("<int:pk>/take-back/", wrap(self.take_back_view), name="runs_run_take_back"),
        ]

    @admin.action(description=gettext_lazy("Release to the workshop"), permissions=["release"])
    def release_selected(self, request: HttpRequest, runs: QuerySet[Run]) -> HttpResponse | None:
        if runs.count() > MOST_AT_ONCE:
            text = _("Choose %(most)d works at most, so that each can be looked at.")
            self.message_user(request, text % {"most": MOST_AT_ONCE}, messages.WARNING)
            return None
        chosen = runs.select_related("device", "workshop").prefetch_related("entities")
        return self._release(request, chosen)

    @admin.action(description=gettext_lazy("Take back from the workshop"), permissions=["release"])
    def take_back_selected(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        # Others, of foreign archives perhaps, are left alone.
        released = runs.filter(released_at__isnull=False)
        left = released.count() - MOST_AT_ONCE
        self._take_back(request, released[:MOST_AT_ONCE])
        if left > 0:
            text = ngettext(
                "%(count)d work more is still released: choose it once more.",
                "%(count)d works more are still released: choose them once more.",
                left,
            )
            self.message_user(request, text % {"count": left}, messages.WARNING)

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        answer = self._release(request, self._one(request, pk))
        return answer or redirect("admin:runs_run_change", pk)

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method == "POST":
            self._take_back(request, self._one(request, pk).filter(released_at__isnull=False))
            return redirect("admin:runs_run_change", pk)
        return HttpResponseNotAllowed(["POST"])

    def _one(self, request: HttpRequest, pk: int) -> QuerySet[Run]:
        # Before anything of a run is shown.
        require(request.user, RELEASE)
        runs = Run.objects.select_related("device", "workshop").prefetch_related("entities")
        return runs.filter(pk=pk)

    def _release(self, request: HttpRequest, runs: Iterable[Run]) -> HttpResponse | None:
        """Release what nothing speaks against; for the rest return a page that shows why."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        confirmed = CONFIRMED in request.POST
        tally = Counter[str]()
        doubtful: list[dict[str, Any]] = []
        for run in runs:
            try:
                require_releasable(run)
                issues = issues_of(run)
                if issues and not confirmed and run.released_at is None:
                    doubtful.append({"run": run, "issues": _labelled(issues)})
                else:
                    tally["released" if release(run=run, by=request.user) else "already"] += 1
            except NotReleasable:
                tally["refused"] += 1
            except ArchiveError:
                tally["stuck"] += 1
        self._report(request, tally)
        return self._ask(request, doubtful) if doubtful else None

    def _report(self, request: HttpRequest, tally: Counter[str]) -> None:
        """Say of all that were chosen what became of them."""
        if released := tally["released"]:
            text = ngettext(
                "%(count)d work is released: the workshop may see it.",
                "%(count)d works are released: the workshop may see them.",
                released,
            )
            self.message_user(request, text % {"count": released}, messages.SUCCESS)
        if already := tally["already"]:
            text = ngettext(
                "%(count)d work was released already.",
                "%(count)d works were released already.",
                already,
            )
            self.message_user(request, text % {"count": already})
        if refused := tally["refused"]:
            text = ngettext(
                "%(count)d run cannot be released: only finished works of a workshop can.",
                "%(count)d runs cannot be released: only finished works of a workshop can.",
                refused,
            )
            self.message_user(request, text % {"count": refused}, messages.WARNING)
        if stuck := tally["stuck"]:
            text = ngettext(
                "%(count)d work is not released: the archive cannot be written.",
                "%(count)d works are not released: the archive cannot be written.",
                stuck,
            )
            self.message_user(request, text % {"count": stuck}, messages.ERROR)

    def _ask(self, request: HttpRequest, doubtful: list[dict[str, Any]]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Read this before you release it"),
            "doubtful": doubtful,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "confirmed": CONFIRMED,
        }
        return TemplateResponse(request, "admin/runs/run/release.html", context)

    def _take_back(self, request: HttpRequest, runs: Iterable[Run]) -> None:
        taken, stuck = 0, 0
        for run in runs:
            try:
                taken += take_back(run=run, by=request.user)
            except ArchiveError:
                stuck += 1
        text = ngettext(
            "%(count)d work is taken back: only its own device sees it now.",
            "%(count)d works are taken back: only their own devices see them now.",
            taken + stuck,
        )
        self.message_user(request, text % {"count": taken + stuck}, messages.SUCCESS)
        if stuck:
            text = _("This could not be written into the archive. Free some room on the disk.")
            self.message_user(request, text, messages.ERROR)


def _labelled(issues: list[Issue]) -> list[dict[str, str]]:
    titles = {type_: str(title) for type_, title in TEXTS}
    return [
        {"title": titles[each.text_type], "text": each.text, "message": each.message}
        for each in issues
    ]
