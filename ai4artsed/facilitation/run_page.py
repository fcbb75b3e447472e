"""What the page of one run shows, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from runs import archive
from runs.alignment import AUTHORS, EDIT, MINE, OPTIMIZATION, RULE, Authorship
from runs.archive import ArchiveError
from runs.authorship import authorship_of
from runs.entity_types import BLOCKED_TEXT
from runs.media import media_of
from runs.models import Entity, Run
from runs.recorder import context_prompt_of
from runs.run_files import RunFiles, files_of_run

# From the idea to the picture, in this order; each in a column of its own.
TEXTS = (
    ("input", _("Idea")),
    ("interception", _("Interception")),
    ("optimized_prompt", _("Final prompt")),
    (BLOCKED_TEXT, _("Written by the model, shown to no participant")),
)
AUTHOR_NAMES = {
    MINE: pgettext_lazy("author", "own words"),
    RULE: pgettext_lazy("author", "the rule"),
    EDIT: pgettext_lazy("author", "own changes"),
    OPTIMIZATION: pgettext_lazy("author", "the fitting"),
}
# Texts are shown up to here; the file has all of it.
MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Share:
    """An author of a text, and how many per cent of its words are theirs."""

    author: str
    name: str
    percent: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One text. `problem` says what kept it from being read.

    Of the last one it is told who wrote what: `pieces` (words, author), which together are the
    text, and the authors' `shares`.
    """

    title: str
    text: str
    problem: str = ""
    pieces: tuple[tuple[str, str], ...] = ()
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    texts: list[Passage]
    rule: str
    # What made it, and the version of its server, as far as they are recorded.
    model: str
    # As `runs.media` describes them; of a blocked run there are none.
    pictures: list[dict[str, Any]]
    files: RunFiles
    parent: Run | None
    children: list[Run]


def read_page(run: Run) -> Page:
    """Return all there is to see of `run`; what cannot be read is said in its place."""
    prefetch_related_objects([run], "entities")
    files = list(run.entities.all())
    parent = Run.objects.filter(run_id=run.parent_run_id).first() if run.parent_run_id else None
    return Page(
        texts=_passages(run, files),
        rule=context_prompt_of(run)[:MOST_CHARACTERS],
        model=_model_of(run),
        pictures=[item for item in media_of(run) if item["thumbnail_url"]],
        files=files_of_run(run),
        parent=parent,
        children=list(Run.objects.children_of(run).newest_first()[:50]),
    )


def _model_of(run: Run) -> str:
    try:
        record = archive.read_metadata(archive.run_folder(run))
    except ArchiveError:
        return ""
    told = (record.get("model"), record.get("engine_version"))
    return ", ".join(each[:MOST_CHARACTERS] for each in told if isinstance(each, str) and each)


def _passages(run: Run, files: list[Entity]) -> list[Passage]:
    passages = [
        _passage(run, str(title), entity)
        for type_, title in TEXTS
        for entity in files
        if entity.type == type_
    ]
    if passages and (authorship := authorship_of(run)):
        last = passages[-1]
        if authorship.text == last.text:
            pieces = tuple(authorship.pieces())
            passages[-1] = replace(last, pieces=pieces, shares=_shares(authorship))
    return passages


def _shares(authorship: Authorship) -> tuple[Share, ...]:
    """Return the shares in whole per cents; whoever wrote a word has one at least."""
    return tuple(
        Share(author, str(AUTHOR_NAMES[author]), max(1, round(authorship.shares[author] * 100)))
        for author in AUTHORS
        if author in authorship.shares
    )


def _passage(run: Run, title: str, entity: Entity) -> Passage:
    try:
        return Passage(title, archive.read_text(run, entity.filename)[:MOST_CHARACTERS])
    except ArchiveError as error:
        return Passage(title, "", str(error))
