"""What the page of one run shows, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from runs import archive
from runs.archive import ArchiveError
from runs.media import media_of
from runs.models import Entity, Run
from runs.recorder import context_prompt_of

# From the idea to the picture, in this order; each in a column of its own.
TEXTS = (
    ("input", _("Idea")),
    ("interception", _("Interception")),
    ("optimized_prompt", _("Final prompt")),
)
# Texts are shown up to here; the file has all of it.
MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Passage:
    """One text. `problem` says what kept it from being read."""

    title: str
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    texts: list[Passage]
    rule: str
    # As `runs.media` describes them; of a blocked run there are none.
    pictures: list[dict[str, Any]]
    files: list[Entity]
    parent: Run | None
    children: list[Run]


def read_page(run: Run) -> Page:
    """Return all there is to see of `run`; what cannot be read is said in its place."""
    files = list(run.entities.all())
    parent = Run.objects.filter(run_id=run.parent_run_id).first() if run.parent_run_id else None
    return Page(
        texts=[
            _passage(run, str(title), entity)
            for type_, title in TEXTS
            for entity in files
            if entity.type == type_
        ],
        rule=context_prompt_of(run)[:MOST_CHARACTERS],
        pictures=[item for item in media_of(run) if item["thumbnail_url"]],
        files=files,
        parent=parent,
        children=list(Run.objects.children_of(run).newest_first()[:50]),
    )


def _passage(run: Run, title: str, entity: Entity) -> Passage:
    try:
        return Passage(title, archive.read_text(run, entity.filename)[:MOST_CHARACTERS])
    except ArchiveError as error:
        return Passage(title, "", str(error))
