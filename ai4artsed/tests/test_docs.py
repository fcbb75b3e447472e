"""What the documents name is there: files, folders, headings that links lead to."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
APPS = ("ai4artsed", "pipelines", "runs", "devices", "web")
ROOMS = (*APPS, "static", "templates", "docs", "benchmarks", "deploy", ".github")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
# A file, and what is shown from it.
EXAMPLE = re.compile(r"`([\w/]+\.py)`:\n\n```python\n(.*?)```", re.DOTALL)
CODE = frozenset({".py", ".js", ".css", ".html"})
# What is made while the program runs is in no checkout.
MADE = ("var/", "exports/json", "exports/pipeline_runs")


@cache
def files() -> tuple[PurePosixPath, ...]:
    """Return every file of the rooms, relative to the checkout."""
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file())
    return tuple(PurePosixPath(path.relative_to(ROOT)) for path in found)


def documents() -> list[str]:
    inside = (str(path) for path in files() if path.suffix == ".md" and "vendor" not in path.parts)
    return sorted([*(path.name for path in ROOT.glob("*.md")), "exports/README.md", *inside])


def text_of(document: str) -> str:
    return FENCE.sub("", (ROOT / document).read_text(encoding="utf-8"))


def named_paths(text: str) -> list[str]:
    """Return what stands in backticks and looks like a file or folder of the repository."""
    top = {path.name for path in ROOT.iterdir()}
    found = []
    for name in QUOTED.findall(text):
        looks_so = ("/" in name and name.partition("/")[0] in top) or PurePosixPath(
            name
        ).suffix in CODE
        if looks_so and re.fullmatch(r"[\w./-]+", name) and not name.startswith(MADE):
            found.append(name)
    return found


def is_there(name: str) -> bool:
    """Tell whether there is such a path, or a file that is called so (`base/api.js`)."""
    return (ROOT / name).exists() or any(f"/{path}".endswith(f"/{name}") for path in files())


def anchors(document: str) -> set[str]:
    """Return the headings of a document as links name them."""
    headings = re.findall(r"^#+ (.+)$", text_of(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("document", documents())
def test_every_path_that_a_document_names_exists(document: str) -> None:
    assert [name for name in named_paths(text_of(document)) if not is_there(name)] == []


@pytest.mark.parametrize("document", documents())
def test_every_link_leads_somewhere(document: str) -> None:
    broken = []
    for link in LINK.findall(text_of(document)):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (ROOT / document).parent / path if path else ROOT / document
        relative = str(target.resolve().relative_to(ROOT))
        if not target.exists() or (anchor and anchor not in anchors(relative)):
            broken.append(link)
    assert broken == []


def test_every_example_of_the_style_is_from_the_code() -> None:
    style = (ROOT / "STYLE.md").read_text(encoding="utf-8")
    examples = EXAMPLE.findall(style)
    assert len(examples) == style.count("```python")
    for path, code in examples:
        assert code in (ROOT / path).read_text(encoding="utf-8"), path


def test_the_developers_guide_names_enough_to_be_checked() -> None:
    assert len(named_paths(text_of("docs/developers.md"))) > 30
