"""The engine without a model: a sketch from our own parts, filled with what the words say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from django.utils.translation import gettext_noop

from pipelines.engines.base import Progress
from pipelines.engines.embedded.base import RuleBasedEngine
from pipelines.engines.embedded.formwerkstatt import palette as inks
from pipelines.engines.embedded.formwerkstatt.reading import Reading, read
from pipelines.engines.jobs import MediaJob, Output

from .compositions import Composition, compose
from .javascript import tokens
from .literals import object_text
from .patterns import check
from .written import written_sketch

VERSION = "1"
PARTS = Path(__file__).with_name("sketches")
# Values in the sketches that are words of ours.
TEXTS = frozenset(
    {"kreis", "quadrat", "dreieck", "rechteck", "strich", "regen", "schnee", "nichts"}
)


class SketchTemplates(RuleBasedEngine):
    """Writes a p5.js sketch by rules: what it reads chooses the parts and fills them."""

    version = VERSION
    about = "writes by rules, embedded"

    def generate(self, job: MediaJob, on_progress: Progress) -> Iterable[Output]:
        """One sketch of width × height, commented in `job.language`."""
        if written := written_sketch(job):
            return [written]
        on_progress(0.0, gettext_noop("Reading your words"))
        reading = read(job.prompt)
        rng = Random(f"{job.seed}|sketch|{job.prompt}")  # noqa: S311 (a picture, not a secret)
        palette = inks.choose(reading, rng)
        composition = compose(job.prompt, reading, palette, rng)
        on_progress(0.5, gettext_noop("Writing the program"))
        code = in_language(sketch(job, reading, composition), job.language)
        check(code)
        on_progress(1.0, gettext_noop("Done"))
        metadata = {
            "composition": composition.name,
            "seed": job.seed,
            "version": VERSION,
            "read": reading.as_metadata(),
            "width": job.width,
            "height": job.height,
        }
        return [
            Output(code.encode(), "text/javascript", "js", media_type="code", metadata=metadata)
        ]


def sketch(job: MediaJob, reading: Reading, composition: Composition) -> str:
    """Return the sketch with its comments in both languages and German names."""
    sizes = {"seed": str(job.seed), "width": str(job.width), "height": str(job.height)}
    parts = [
        _filled("head", _heading(job.prompt, reading)),
        *(_constant(name, value) for name, value in composition.constants.items()),
        "let zeit = 0;\n",
        _filled(composition.name, {**composition.values, **sizes}),
    ]
    if composition.name != "bauplan":
        figures = "".join(f"  {object_text(figure)},\n" for figure in composition.figures)
        parts.append(_filled("shared", {"figures": f"\n{figures}" if figures else ""}))
        wanted = {"maleAugen", *composition.uses, *(f["male"] for f in composition.figures)}
        parts += [text for name, text in _figures().items() if name in wanted]
    return "\n".join(parts)


def in_language(text: str, language: str) -> str:
    """Choose the half of each comment; English has English names for things, too."""
    half = 1 if language == "en" else 0
    lines = []
    for line in text.split("\n"):
        code, mark, comment = line.partition("//") if " || " in line else (line, "", "")
        if mark:
            line = f"{code}// {comment.split(' || ')[half].strip()}"
        lines.append(line)
    text = "\n".join(lines).strip() + "\n"
    return _with_english_names(text) if language == "en" else text


def _with_english_names(code: str) -> str:
    english = _english()
    names = {token.text for token in tokens(code) if token.kind == "name"} & english.keys()
    # Comments keep their words; of texts only whole ones that are names of ours change.
    piece = re.compile(r"//[^\n]*|\"[^\"\n]*\"|[A-Za-z_]\w*")

    def replaced(match: re.Match[str]) -> str:
        found = match[0]
        if found.startswith('"'):
            inner = found[1:-1]
            return f'"{english[inner]}"' if inner in TEXTS else found
        return english[found] if found in names and not found.startswith("//") else found

    return piece.sub(replaced, code)


def _heading(prompt: str, reading: Reading) -> dict[str, str]:
    words = " ".join(re.sub(r"[^\w\s.,;:!?'()-]", " ", prompt).split())
    understood = ", ".join(mention.word for mention in reading.things)
    return {
        "words": words if len(words) <= 90 else f"{words[:88]} …",
        "understood": understood or "–",
    }


def _constant(name: str, value: Any) -> str:
    return f"const {name} = {json.dumps(value)}; // {_comments()[name]}"


def _filled(part: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda mark: values[mark[1]], _part(part))


def _part(name: str) -> str:
    return PARTS.joinpath(f"{name}.js").read_text(encoding="utf-8")


@cache
def _comments() -> dict[str, str]:
    comments: dict[str, str] = json.loads(PARTS.joinpath("constants.json").read_text("utf-8"))
    return comments


@cache
def _english() -> dict[str, str]:
    names: dict[str, str] = json.loads(PARTS.joinpath("english.json").read_text("utf-8"))
    return names


@cache
def _figures() -> dict[str, str]:
    """The functions that draw figures, by name."""
    texts = re.split(r"^// (?=male\w+: )", _part("figures"), flags=re.MULTILINE)[1:]
    return {name: f"// {text}" for name, _, text in (part.partition(": ") for part in texts)}
