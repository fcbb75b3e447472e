"""Fixtures for the tests of every app."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.utils import translation
from pytest_django import Settings

# What has a run of its own, by its mark.
ELSEWHERE = {
    "engine_lab": "real engines (make test-engines)",
    "webkit": "the pages in WebKit (make test-webkit)",
    "live": "vendors and your own servers (pytest -m live)",
}


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Where a part was ignored, say what was left out: nobody shall take a part for the whole."""
    ignored = [Path(path) for path in config.option.ignore or ()]
    if not ignored:
        return
    files = sum(len(list(path.glob("test_*.py"))) for path in ignored)
    others = [what for mark, what in ELSEWHERE.items() if f"not {mark}" in config.option.markexpr]
    browser = f"the pages in Chromium (make test-browser, {files} files)"
    terminalreporter.write_line("Left out: " + "; ".join((browser, *others)))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A database file of this process's own, so that several may test at the same time."""
    for connection in connections.all():
        if connection.vendor == "sqlite":
            name = tmp_path_factory.mktemp("database") / f"{connection.alias}.sqlite3"
            connection.settings_dict["TEST"]["NAME"] = str(name)


@pytest.fixture(autouse=True)
def archive(settings: Settings, tmp_path: Path) -> Path:
    """An archive root of this test's own, so that no test ever writes into the real one."""
    root = tmp_path / "exports"
    root.mkdir()
    settings.ARCHIVE_ROOT = root
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    settings.ARCHIVES = []
    settings.SEALS_FILE = settings.VAR_DIR / "seals.jsonl"
    settings.THUMBNAIL_DIR = settings.VAR_DIR / "thumbnails"
    return root


@pytest.fixture
def old_archive(settings: Settings, tmp_path: Path) -> Path:
    """An empty archive beside the live one, only to be read."""
    root = tmp_path / "old1"
    (root / "json").mkdir(parents=True)
    settings.ARCHIVES = [root]
    return root


@pytest.fixture(autouse=True)
def static_files_by_name(settings: Settings) -> None:
    """Pages of tests name static files as they lie there, so nothing must be collected first."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}


@pytest.fixture(autouse=True)
def language_of_the_settings() -> None:
    """A test begins in that language, whatever language an earlier one has asked for pages in."""
    translation.deactivate()


@pytest.fixture
def small_disk(archive: Path) -> Iterator[Path]:
    """A real file system of 256 kB in place of the archive."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(archive)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("may not mount a small disk here")
    yield archive
    subprocess.run(["umount", str(archive)], check=True)


@pytest.fixture
def write_protect(small_disk: Path) -> Callable[[], None]:
    """A small disk in place of the archive, and what makes it read-only."""

    def protect() -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    return protect


@pytest.fixture
def full_disk(small_disk: Path) -> Callable[[], None]:
    """A small disk in place of the archive, and what fills it."""

    def fill() -> None:
        with pytest.raises(OSError), (small_disk / "filling").open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)

    return fill
