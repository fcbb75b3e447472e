"""What a card says about a work: read from its run, and from the run that the rule worked in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pipelines import registry
from pipelines.engines.table import RULE_BASED
from runs import archive
from runs.alignment import Authorship, trace
from runs.archive import ArchiveError
from runs.authorship import authorship_of, rewriting_of
from runs.media import outputs
from runs.models import Entity, Run
from runs.texts import text_of


@dataclass(frozen=True, slots=True)
class Machine:
    """Who made something, and whether that was an AI or rules of ours."""

    name: str
    is_ai: bool


@dataclass(frozen=True, slots=True)
class Card:
    """`picture` is None where the work is code, which no paper shows; `writer` where no rule was.

    `idea` is in the child's words, `text` what a machine made the work from, with its authors.
    """

    run: Run
    idea: str
    rule: str
    text: Authorship
    writer: Machine | None
    maker: Machine
    day: str
    workshop: str
    picture: Entity | None

    @property
    def is_by_ai(self) -> bool:
        """Tell whether an AI had any part in it."""
        return self.maker.is_ai or (self.writer is not None and self.writer.is_ai)

    @property
    def is_changed(self) -> bool:
        """Tell whether the text became another one than the idea."""
        return " ".join(self.text.text.split()) != " ".join(self.idea.split())


def read_card(run: Run) -> Card:
    """Return what the card of `run` says, in the language in force; a text that is lost is left
    out. `run` is one of `runs.sharing.is_showable`, with its `workshop` and `entities` at hand."""
    rewritten = rewriting_of(run)
    return Card(
        run=run,
        idea=(text_of(run, "input") or run.idea).strip(),
        rule=_config_name(run.interception_config),
        text=authorship_of(run) or trace(idea=run.idea, machine="", edited=""),
        writer=_writer(run, rewritten),
        maker=Machine(_config_name(run.output_config), run.engine not in RULE_BASED),
        day=date_format(timezone.localtime(run.created_at), "DATE_FORMAT"),
        workshop=run.workshop.name if run.workshop else "",
        picture=_picture(run),
    )


@contextmanager
def opened_picture(card: Card) -> Iterator[BinaryIO | None]:
    """Give the file of the card's picture, None where there is none or it is gone."""
    if card.picture is None:
        yield None
        return
    try:
        file = archive.open_file(card.run, card.picture.filename)
    except ArchiveError:
        yield None
        return
    with file:
        yield file


def _picture(run: Run) -> Entity | None:
    """Return the picture to show: of several that belong together the sheet with all of them."""
    pictures = outputs(run, "image")
    composites = [picture for picture in pictures if picture.type == "composite"]
    return next(iter(composites or pictures), None)


def _writer(run: Run, rewritten: Run | None) -> Machine | None:
    if not run.interception_config or rewritten is None:
        return None
    if rewritten.engine in RULE_BASED:
        return Machine(rewritten.engine.capitalize(), is_ai=False)
    return Machine(_model_of(rewritten) or _("language model"), is_ai=True)


def _model_of(run: Run) -> str:
    try:
        model = archive.read_metadata(archive.run_folder(run)).get("model")
    except ArchiveError:
        return ""
    return model.rpartition("/")[2] if isinstance(model, str) else ""


def _config_name(config_id: str) -> str:
    catalog = registry.get_catalog()
    config = catalog.interceptions.get(config_id) or catalog.outputs.get(config_id)
    return config.name.in_language(get_language() or "de") if config else config_id
