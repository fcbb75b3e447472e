"""The table of engines: what it names exists, and what is written for operators follows from it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from pipelines.engines.table import CODE_ENGINE, ENGINES, SETTINGS, Engine, Setting

ENV_EXAMPLE = (
    settings.BASE_DIR / ".env.example",
    "# Engines: without any of these the embedded ones work alone\n",
    "\n#CLOUD_RUNS=",
)
DOCS = (
    settings.BASE_DIR / "docs" / "engines.md",
    "| line in `.env` | what it connects | what participants get |\n|---|---|---|\n",
    "\n\n",
)
# Where the comments of .env.example begin, and where its lines end.
COMMENT_COLUMN, COLUMNS = 27, 100


def env_lines(setting: Setting) -> list[str]:
    first = f"#{setting.name}={setting.default}"
    comments = textwrap.wrap(setting.comment, COLUMNS - COMMENT_COLUMN - 2) or [""]
    befores = [first, *["#"] * (len(comments) - 1)]
    return [
        f"{before:<{COMMENT_COLUMN}}# {comment}" if comment else before
        for before, comment in zip(befores, comments, strict=True)
    ]


def docs_row(engine: Engine) -> str:
    setting = engine.connected_by
    assert setting is not None
    return f"| `{setting.name}={setting.example}` | {engine.title} | {engine.serves} |"


def check_section(place: tuple[Path, str, str], lines: list[str]) -> None:
    """Compare what stands in a file between two marks; a failure says what should stand there."""
    file, begin, end = place
    _, found, rest = file.read_text("utf-8").partition(begin)
    assert found, f"{file.name} has lost its line {begin!r}"
    written, wanted = rest.partition(end)[0].splitlines(), lines
    assert written == wanted, (
        f"{file.name} differs from pipelines/engines/table.py. "
        f"After {begin.splitlines()[0]!r} put:\n\n" + "\n".join(wanted)
    )


@pytest.mark.parametrize("engine", ENGINES.values(), ids=lambda engine: engine.key)
def test_each_engine_is_complete(engine: Engine) -> None:
    for path in filter(None, (engine.text, engine.media)):
        assert isinstance(import_string(path), type)
    assert engine.text or engine.media
    assert engine.is_rule_based or (engine.connected_by and engine.serves)


def test_sketches_have_an_engine_to_write_them() -> None:
    assert isinstance(import_string(CODE_ENGINE), type)


def test_each_setting_is_named_once_and_there() -> None:
    names = [setting.name for setting in SETTINGS]
    assert len(names) == len(set(names))
    fallbacks = {name for each in SETTINGS for name in (each.fallback, each.fallback_unless)}
    assert fallbacks - {""} <= set(names)
    assert all(hasattr(settings, name) for name in names)


def test_the_example_of_the_environment_explains_every_setting() -> None:
    check_section(ENV_EXAMPLE, [line for setting in SETTINGS for line in env_lines(setting)])


def test_the_docs_name_every_engine_that_can_be_connected() -> None:
    check_section(DOCS, [docs_row(each) for each in ENGINES.values() if each.connected_by])
