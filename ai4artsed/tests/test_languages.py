"""German and English are complete: no text that only a developer has seen."""

from __future__ import annotations

import gettext
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

SOURCES = ("ai4artsed", "devices", "pipelines", "runs", "web", "templates", "locale")
CATALOG = settings.BASE_DIR / "locale" / "de" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The German catalog as it would be after collecting all texts anew."""
    place = tmp_path_factory.mktemp("texts")
    for folder in SOURCES:
        shutil.copytree(
            settings.BASE_DIR / folder,
            place / folder,
            ignore=shutil.ignore_patterns("tests", "__pycache__", "schemas"),
        )
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "de", "--no-obsolete"],
        cwd=place,
        check=True,
        capture_output=True,
    )
    return place / "locale" / "de" / "LC_MESSAGES" / "django.po"


@pytest.mark.parametrize("flaw", ["--untranslated", "--only-fuzzy"])
def test_every_text_has_its_german(fresh: Path, flaw: str) -> None:
    found = subprocess.run(
        ["msgattrib", flaw, "--no-wrap", str(fresh)], check=True, capture_output=True, text=True
    ).stdout
    assert [
        line for line in found.splitlines() if line.startswith("msgid") and line[6:] != '""'
    ] == []


def test_the_compiled_catalog_is_that_of_the_sources(tmp_path: Path) -> None:
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "-o", str(compiled), str(CATALOG)], check=True)
    with compiled.open("rb") as new, CATALOG.with_suffix(".mo").open("rb") as old:
        assert (
            gettext.GNUTranslations(new)._catalog  # type: ignore[attr-defined]
            == gettext.GNUTranslations(old)._catalog  # type: ignore[attr-defined]
        )


def test_placeholders_survive_translation() -> None:
    subprocess.run(["msgfmt", "--check-format", "-o", "/dev/null", str(CATALOG)], check=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "answered"),
    [("de-DE,de;q=0.9", "de"), ("en-GB,en;q=0.9", "en"), ("fr-FR,fr;q=0.9", "de"), ("", "de")],
)
def test_german_is_the_default_and_english_is_there(
    client: Client, asked: str, answered: str
) -> None:
    page = client.get("/", headers={"Accept-Language": asked})
    assert f'lang="{answered}"' in page.content.decode()[:300]
