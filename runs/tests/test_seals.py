"""Seals: what others wrote, as it was when it was first seen."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from runs import archive as files
from runs import index, verify
from runs.models import Run
from runs.seals import SealFile, hash_files, seal_pending
from runs.tests.making import made
from runs.tests.recording import DAY, RUN_ID, january_run, lay, move_to, printed_by, snapshot

pytestmark = pytest.mark.django_db


def lines(settings: Settings) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(settings.SEALS_FILE).read_bytes().splitlines()]


def faults() -> set[tuple[str, str]]:
    return {fault for fault in verify.find_faults() if "seal" in fault[1]}


def test_indexing_seals_what_others_wrote_and_writes_nothing_beside_it(
    old_archive: Path, archive: Path, settings: Settings
) -> None:
    own = made()
    moved = made()
    move_to(old_archive, moved)
    january_run(f"{DAY}/{RUN_ID}")
    lay(old_archive, f"{DAY}/dev_0123456789ab/run_1770714000001_a1", run_id="run_1770714000001_a1")
    before = snapshot(archive), snapshot(old_archive)
    assert "3 folders sealed" in printed_by()
    assert (snapshot(archive), snapshot(old_archive)) == before
    sealed = {(line["root"], line["folder"]): line["files"] for line in lines(settings)}
    assert ("", own.folder) not in sealed
    assert len(sealed) == 3
    # metadata.json and what is in no record are files like any other.
    assert set(sealed["", f"json/{DAY}/{RUN_ID}"]) == {
        "metadata.json",
        "01_input.txt",
        "04_output_image.png",
    }
    assert "authorship.json" in sealed[str(old_archive), moved.folder]
    assert faults() == set()
    # Once is enough.
    assert "sealed" not in printed_by()
    assert len(lines(settings)) == 3


def test_what_has_changed_since_first_sight_is_told(old_archive: Path) -> None:
    folder = lay(old_archive, f"{DAY}/{RUN_ID}")
    (folder / "notes.txt").write_text("x")
    printed_by()
    place = str(folder)
    state = (folder / "metadata.json").stat()
    content = (folder / "metadata.json").read_text()
    # As long, and as old.
    (folder / "metadata.json").write_text(content.replace("flux2", "flux3"))
    os.utime(folder / "metadata.json", ns=(state.st_atime_ns, state.st_mtime_ns))
    (folder / "notes.txt").unlink()
    (folder / "05_output_image.png").write_bytes(b"x")
    # Laid down by whoever opens the folder.
    (folder / ".DS_Store").write_bytes(b"x")
    assert faults() == {
        (place, "metadata.json has changed since it was sealed"),
        (place, "notes.txt is gone since it was sealed"),
        (place, "05_output_image.png is new since it was sealed"),
    }
    assert "metadata.json has changed since it was sealed" in printed_by("--verify")
    # To look changes nothing, nor does another indexing.
    printed_by()
    assert len(faults()) == 3


def test_a_sealed_folder_that_is_gone_is_told_while_its_archive_is_there(old_archive: Path) -> None:
    folder = lay(old_archive, f"{DAY}/{RUN_ID}")
    printed_by()
    (old_archive / "json").rename(old_archive / "unmounted")
    assert faults() == set()
    (old_archive / "unmounted").rename(old_archive / "json")
    folder.rename(old_archive / "away")
    assert faults() == {(str(folder), "is gone since it was sealed")}


def test_first_sight_outlives_a_lost_database(old_archive: Path, settings: Settings) -> None:
    folder = lay(old_archive, f"{DAY}/{RUN_ID}")
    printed_by()
    (folder / "01_input.txt").write_text("Turm")
    Run.objects.all().delete()
    printed_by()
    assert Run.objects.get().needs_seal is False
    assert len(lines(settings)) == 1
    assert faults() == {(str(folder), "01_input.txt has changed since it was sealed")}


def test_sealing_goes_on_where_it_was_broken_off(old_archive: Path, settings: Settings) -> None:
    for number in range(5):
        lay(
            old_archive, f"{DAY}/run_177071400000{number}_a1", run_id=f"run_177071400000{number}_a1"
        )
    index.rebuild()
    # A batch is full with one folder.
    first = next(seal_pending(batch_bytes=1))
    assert (first.folders, first.left) == (1, 4)
    assert Run.objects.filter(needs_seal=True).count() == 4
    assert list(seal_pending(should_stop=lambda: True))[-1].folders == 0
    assert list(seal_pending(batch_bytes=1))[-1].left == 0
    assert len(lines(settings)) == 5
    assert not Run.objects.filter(needs_seal=True).exists()


def test_a_line_that_a_crash_tore_is_passed_over(old_archive: Path, settings: Settings) -> None:
    lay(old_archive, f"{DAY}/{RUN_ID}")
    Path(settings.SEALS_FILE).write_text('{"root": "", "folder": "json/2026')
    printed_by()
    assert list(SealFile().places()) == [(str(old_archive), f"json/{DAY}/{RUN_ID}")]
    assert SealFile().files_of("", "json/nowhere") is None


def test_what_is_no_file_is_neither_waited_for_nor_followed(
    old_archive: Path, tmp_path: Path
) -> None:
    folder = lay(old_archive, f"{DAY}/{RUN_ID}")
    (tmp_path / "secret").write_text("x")
    (folder / "05_link.txt").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "06_pipe.txt")
    assert set(hash_files(folder)) == {"metadata.json", "01_input.txt", "04_output_image.png"}


def test_own_runs_of_an_earlier_version_are_looked_at_once_and_not_sealed(
    settings: Settings,
) -> None:
    run = made()
    Run.objects.update(needs_seal=True)
    list(seal_pending())
    run.refresh_from_db()
    assert run.needs_seal is False
    assert not Path(settings.SEALS_FILE).exists()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        list(seal_pending())
    assert len(queries) == 1


def test_looking_only_seals_nothing(old_archive: Path, settings: Settings) -> None:
    lay(old_archive, f"{DAY}/{RUN_ID}")
    printed_by("--dry-run")
    printed_by("--no-seals")
    printed_by("--verify")
    assert not Path(settings.SEALS_FILE).exists()
    assert files.file_names(old_archive / "json" / DAY / RUN_ID)
