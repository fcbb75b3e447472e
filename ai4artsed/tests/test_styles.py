"""Colours, type sizes and durations are tokens; what is named is there, and used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

STYLES = Path(settings.BASE_DIR, "static", "css")
TOKENS = STYLES / "tokens.css"
# The admin's colours are variables of Django's own stylesheet, which it sets and completes.
PAGES = sorted(set(STYLES.glob("*.css")) - {TOKENS, STYLES / "admin.css"})
# Their letters grow with the wall, or are millimetres and points of a sheet of paper.
OWN_SIZES = {"projector.css", "sheet.css", "take-home.css"}

SET_BY_SCRIPTS = {"--tint", "--on-tint", "--side"}

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(")
SIZE = re.compile(r"(?<![\w-])font(?:-size)?:[^;}]*?(?<![\w/.])[\d.]+(?:rem|px|pt|mm|vw)")
DURATION = re.compile(r"(?<![\w.-])[\d.]+m?s\b")


def declarations(path: Path) -> str:
    """Return the style without comments and selectors, where `#` begins a name."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return "\n".join(re.findall(r"\{([^{}]*)\}", text))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_style_has_no_colour_and_no_duration_of_its_own(path: Path) -> None:
    text = declarations(path)
    assert not COLOUR.findall(text)
    assert not DURATION.findall(text)


@pytest.mark.parametrize(
    "path", [path for path in PAGES if path.name not in OWN_SIZES], ids=lambda path: path.name
)
def test_a_style_has_no_type_size_of_its_own(path: Path) -> None:
    assert not SIZE.findall(declarations(path))


def test_every_token_is_used_and_every_name_is_a_token() -> None:
    known = set(re.findall(r"^\s*(--[\w-]+):", TOKENS.read_text(), re.MULTILINE))
    all_styles = "".join(path.read_text() for path in [*PAGES, TOKENS])
    used = set(re.findall(r"var\((--[\w-]+)\)", all_styles))
    local = set(re.findall(r"(?<![\w-])(--[\w-]+):", "".join(path.read_text() for path in PAGES)))
    assert not known - set(re.findall(r"var\((--[\w-]+)", all_styles))
    assert not used - known - local - SET_BY_SCRIPTS


def test_what_is_no_token_is_found() -> None:
    assert COLOUR.findall("color: #1e1c19; background: rgb(0 0 0 / 50%)")
    assert SIZE.findall("font: 900 1.5rem/1.2 var(--font-serif)")
    assert SIZE.findall("font-size: clamp(1rem, 2vw, 3rem)")
    assert not SIZE.findall("font: 400 var(--size-text)/1.75rem var(--font-sans)")
    assert DURATION.findall("transition: transform 140ms ease-out")
