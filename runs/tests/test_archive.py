"""Paths that stay inside, files that appear whole, a disk that is full or read-only."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import RequestFactory

from runs import archive as files
from runs import media, recorder
from runs.archive import ArchiveError
from runs.export import folders
from runs.models import Run
from runs.tests.recording import context
from runs.thumbnails import NoThumbnail, thumbnail


def test_run_ids_sort_by_time_and_cannot_be_guessed() -> None:
    at = datetime(2026, 1, 17, 12, tzinfo=UTC)
    ids = {files.new_run_id(at) for _ in range(100)}
    assert len(ids) == 100
    assert all(len(run_id.rpartition("_")[2]) >= 16 for run_id in ids)
    assert max(ids) < files.new_run_id(at.replace(hour=13))


def test_the_date_folder_is_the_local_day() -> None:
    late = datetime(2026, 1, 17, 23, 30, tzinfo=UTC)
    assert files.new_folder_name("run_1", late) == "json/2026-01-18/run_1"


@pytest.mark.parametrize(
    "name",
    ["../secret", "a/../../secret", "/etc/passwd", "..", "", "a\\..\\b", "a\0b", "link", "link/x"],
)
def test_no_name_leads_out_of_a_runs_folder(archive: Path, name: str) -> None:
    folder = archive / "json" / "2026-01-17" / "run_1"
    folder.mkdir(parents=True)
    (archive / "secret").write_text("x")
    (folder / "link").symlink_to(archive)
    run = Run(run_id="run_1", folder="json/2026-01-17/run_1")
    with pytest.raises(ArchiveError) as caught:
        files.entity_path(run, name)
    assert caught.value.kind == files.INVALID


def test_a_row_cannot_name_a_folder_outside_the_archive() -> None:
    with pytest.raises(ArchiveError):
        files.run_folder(Run(run_id="x", folder="../x"))


def test_files_of_layout_l3_are_found_by_the_name_that_metadata_gives(archive: Path) -> None:
    folder = archive / "json/2026-02-01/dev_0123456789ab/run_1"
    (folder / "final").mkdir(parents=True)
    (folder / "prompting_process").mkdir()
    (folder / "final/01_input.txt").write_text("Haus")
    (folder / "prompting_process/001_x.txt").write_text("Schritt")
    run = Run(run_id="run_1", folder="json/2026-02-01/dev_0123456789ab/run_1", layout="L3")
    assert files.read_text(run, "01_input.txt") == "Haus"
    assert files.read_text(run, "prompting_process/001_x.txt") == "Schritt"
    with pytest.raises(ArchiveError) as caught:
        files.read_text(run, "02_input.txt")
    assert caught.value.kind == files.MISSING


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_broken_metadata_is_damaged(archive: Path, content: bytes) -> None:
    (archive / "metadata.json").write_bytes(content)
    with pytest.raises(ArchiveError) as caught:
        files.read_metadata(archive)
    assert caught.value.kind == files.DAMAGED


_LIMITED = """
import resource, sys
from pathlib import Path
import django
django.setup()
from django.conf import settings
settings.ARCHIVE_ROOT = Path(sys.argv[1])
from runs import archive
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
kinds = []
try:
    with archive.create_folder("json/2026-01-01/run_b", {"01_a.txt": b"a", "02_b.txt": b"b" * 9999}):
        kinds.append("appeared")
except archive.ArchiveError as error:
    kinds.append(error.kind)
folder = settings.ARCHIVE_ROOT / "run_a"
try:
    with archive.replacing(folder) as write:
        write("02_small.txt", b"s")
        write("metadata.json", b"x" * 9999)
except archive.ArchiveError as error:
    kinds.append(error.kind)
print(*kinds)
"""  # noqa: E501


def test_where_a_file_cannot_be_written_whole_everything_stays_as_it_was(archive: Path) -> None:
    """A real limit of the system, in a process of its own, stops the writing in the middle."""
    assert resource.RLIMIT_FSIZE is not None
    (archive / "run_a").mkdir()
    (archive / "run_a/metadata.json").write_text("{}")
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(archive)],
        env={"DJANGO_SETTINGS_MODULE": "ai4artsed.settings", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [files.STORAGE_FULL, files.STORAGE_FULL]
    present = sorted(str(path.relative_to(archive)) for path in archive.rglob("*"))
    assert present == ["json", "json/.tmp", "run_a", "run_a/metadata.json"]
    assert (archive / "run_a/metadata.json").read_text() == "{}"


@pytest.mark.django_db
def test_a_full_disk_leaves_what_was_there_and_tells_how_the_run_ended(small_disk: Path) -> None:
    run = recorder.start(context())
    folder = files.run_folder(run)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ArchiveError) as caught:
        recorder.add(run, type="output_code", data="x" * 300_000, extension="js")
    assert caught.value.kind == files.STORAGE_FULL
    with pytest.raises(ArchiveError) as caught:
        recorder.start(context(texts=(("input", "x" * 300_000),)))
    assert caught.value.kind == files.STORAGE_FULL
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert Run.objects.count() == 1
    assert not list((small_disk / "json/.tmp").iterdir())

    filling = small_disk / "filling"
    with pytest.raises(OSError, match="space"), filling.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    assert recorder.fail(run, kind="storage_full", message="Kein Platz.")
    run.refresh_from_db()
    assert run.status == "failed"
    assert (folder / "metadata.json").read_bytes() == before["metadata.json"]
    filling.unlink()
    assert recorder.write_state(run)
    assert files.read_metadata(folder)["error"]["message"] == "Kein Platz."


@pytest.mark.django_db
def test_a_read_only_archive_is_not_called_full_and_can_be_read(
    small_disk: Path, write_protect: Callable[[], None]
) -> None:
    run = recorder.start(context())
    write_protect()
    with pytest.raises(ArchiveError) as caught:
        recorder.start(context())
    assert caught.value.kind == files.READ_ONLY
    with pytest.raises(ArchiveError) as caught:
        recorder.add(run, type="output_code", data="x", extension="js")
    assert caught.value.kind == files.READ_ONLY
    with pytest.raises(ArchiveError) as caught:
        files.probe()
    assert caught.value.kind == files.READ_ONLY
    assert files.read_text(run, "01_input.txt")
    assert recorder.fail(run, kind=files.READ_ONLY, message="Schreibgeschützt.")
    run.refresh_from_db()
    assert run.status == "failed"


def test_an_archive_that_cannot_be_written_is_an_error_before_the_first_request(
    archive: Path,
) -> None:
    assert "runs.E001" not in [message.id for message in run_checks(tags=["files"])]
    assert not list(archive.iterdir()), "the check leaves nothing behind"
    (archive / "json").write_text("a file where the folder should be")
    assert "runs.E001" in [message.id for message in run_checks(tags=["files"])]


def test_folders_that_a_crash_left_unfinished_are_pointed_out(archive: Path) -> None:
    left = archive / "json/.tmp/run_1"
    left.mkdir(parents=True)
    assert "runs.W001" not in [message.id for message in run_checks(tags=["files"])]
    os.utime(left, (0, 0))
    assert "runs.W001" in [message.id for message in run_checks(tags=["files"])]


@pytest.mark.django_db
def test_what_is_no_file_or_too_long_is_an_error_for_whoever_reads_it(archive: Path) -> None:
    run = recorder.start(context())
    folder = files.run_folder(run)
    (folder / "01_input.txt").unlink()
    os.mkfifo(folder / "01_input.txt")
    # Takes no room on the disk.
    os.truncate(folder / "02_interception.txt", 2 * 1024**3)
    for name in ("01_input.txt", "02_interception.txt"):
        with pytest.raises(ArchiveError) as caught:
            files.read_text(run, name)
        assert caught.value.kind == files.UNAVAILABLE
    with pytest.raises(ArchiveError, match="no regular file"):
        files.open_file(run, "01_input.txt")
    entity = run.entities.get(filename="01_input.txt")
    with pytest.raises(ArchiveError):
        media.deliver(RequestFactory().get("/"), run, entity)
    with pytest.raises(NoThumbnail):
        thumbnail(run, entity)
    exported = next(folders.exported_runs(Run.objects.all()))
    assert exported.problems == ["left out, no regular file: 01_input.txt"]


@pytest.mark.django_db
def test_metadata_that_is_no_file_or_too_long_is_an_error(archive: Path, tmp_path: Path) -> None:
    folder = files.run_folder(recorder.start(context()))
    path = folder / "metadata.json"
    os.truncate(path, 200 * 1024**2)
    with pytest.raises(ArchiveError, match="more than") as caught:
        files.read_metadata(folder)
    assert caught.value.kind == files.DAMAGED
    path.rename(tmp_path / "metadata.json")
    path.symlink_to(tmp_path / "metadata.json")
    with pytest.raises(ArchiveError, match="symbolic link"):
        files.read_metadata(folder)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ArchiveError, match="no regular file"):
        files.read_metadata(folder)


@pytest.mark.django_db
def test_of_a_text_that_is_too_long_the_manifest_quotes_the_beginning(archive: Path) -> None:
    run = recorder.start(context())
    path = files.run_folder(run) / "02_interception.txt"
    path.write_bytes(b"Nest " * (files.MOST_TEXT // 5 + 100_000))
    exported = next(folders.exported_runs(Run.objects.all()))
    size = sum(len(chunk) for file in exported.files for chunk in file.chunks())
    assert size > path.stat().st_size > files.MOST_TEXT
    assert 0 < len(exported.text_of("interception")) <= files.MOST_TEXT


@pytest.mark.django_db
def test_a_link_that_stays_in_its_folder_is_read(archive: Path) -> None:
    run = recorder.start(context())
    (files.run_folder(run) / "05_input.txt").symlink_to("01_input.txt")
    assert files.read_bytes(run, "05_input.txt") == files.read_bytes(run, "01_input.txt")
    with files.open_file(run, "05_input.txt") as file:
        assert file.read() == files.read_bytes(run, "01_input.txt")
