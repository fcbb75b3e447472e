"""Fixtures for the tests of every app."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def archive(settings: Settings, tmp_path: Path) -> Path:
    """An archive root of this test's own, so that no test ever writes into the real one."""
    root = tmp_path / "exports"
    root.mkdir()
    settings.ARCHIVE_ROOT = root
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    settings.THUMBNAIL_DIR = settings.VAR_DIR / "thumbnails"
    return root


@pytest.fixture(autouse=True)
def static_files_by_name(settings: Settings) -> None:
    """Pages of tests name static files as they lie there, so nothing must be collected first."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}
