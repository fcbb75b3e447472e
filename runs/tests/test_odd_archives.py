"""Archives as they come back from teachers' disks: each folder is read or named, none twice."""

from __future__ import annotations

import io
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from devices.models import Device, Workshop
from runs import archive as files
from runs import index, recorder, verify
from runs.layouts import find_runs
from runs.models import Act, Entity, Run, Status
from runs.reading import read
from runs.tests.recording import (
    DAY,
    FILES,
    METADATA,
    RUN_ID,
    context,
    january_run,
    old_run,
    picture,
)

pytestmark = pytest.mark.django_db


def told_by(*options: str) -> tuple[str, bool]:
    """Return what `index_runs` prints, and whether it ended well."""
    out = io.StringIO()
    try:
        call_command("index_runs", *options, stdout=out, stderr=out)
    except CommandError:
        return out.getvalue(), False
    return out.getvalue(), True


# What is no file -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["metadata.json", "01_input.txt"])
def test_a_pipe_or_a_link_in_place_of_a_file_is_not_waited_for(name: str, archive: Path) -> None:
    outside = archive.parent / "outside"
    outside.write_text('{"config_name": "secret"}')
    for run_id, replace in (
        ("run_1770714000001_a1", os.mkfifo),
        ("run_1770714000002_a1", lambda path: path.symlink_to(outside)),
        ("run_1770714000003_a1", os.mkdir),
    ):
        folder = january_run(f"{DAY}/{run_id}", run_id=run_id)
        (folder / name).unlink()
        replace(folder / name)
    report = index.rebuild()
    assert len(report.damaged) == (3 if name == "metadata.json" else 0)
    assert all("cannot be read" in reason for _folder, reason in report.damaged)
    assert not Run.objects.filter(output_config="secret").exists()
    assert set(Run.objects.values_list("idea", flat=True)) <= {"Haus", ""}
    # Reads every file.
    assert list(verify.find_faults())


def test_a_pipe_in_place_of_the_acts_of_a_day_is_named() -> None:
    january_run(f"{DAY}/{RUN_ID}")
    os.mkfifo(files.runs_root() / DAY / "acts.jsonl")
    assert index.rebuild().acts.faults
    assert not Act.objects.exists()


def test_a_device_in_place_of_metadata_is_not_read() -> None:
    folder = january_run(f"{DAY}/{RUN_ID}", None)
    try:
        os.mknod(folder / "metadata.json", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("may not make devices here")
    ((_folder, reason),) = index.rebuild().damaged
    assert "cannot be read" in reason


def test_a_link_that_leads_out_of_the_archive_is_told(archive: Path) -> None:
    outside = archive.parent / "outside"
    old_run(outside / RUN_ID, METADATA, FILES)
    january_run(f"{DAY}/{RUN_ID}")
    (files.runs_root() / "2026-02-11").symlink_to(outside)
    (files.runs_root() / "latest").symlink_to(files.runs_root() / DAY)
    told, ended_well = told_by()
    assert not ended_well
    assert "json/2026-02-11: a link" in told
    assert Run.objects.get().folder == f"json/{DAY}/{RUN_ID}"
    (files.runs_root() / "2026-02-11").unlink()
    told, ended_well = told_by()
    assert ended_well
    assert "json/latest: a link" in told


# What is not taken by the database ---------------------------------------------------------------


def test_one_row_that_the_database_refuses_keeps_no_other_from_it() -> None:
    number = 11
    for i in range(number):
        run_id = f"run_{1770714000000 + i}_a1"
        january_run(f"{DAY}/{run_id}", run_id=run_id, device_id="dev_0123456789ab", workshop="7b")
    # Refuses the eighth, whatever it is written with.
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE UNIQUE INDEX refused ON runs_run ((1)) "
            "WHERE run_id = 'run_1770714000007_a1' AND status <> 'damaged' OR output_config = 'x'"
        )
    january_run("2026-02-09/run_1770627600000_a1", run_id="run_1770627600000_a1", config_name="x")
    report = index.rebuild()
    ((folder, reason),) = report.damaged
    assert folder == f"json/{DAY}/run_1770714000007_a1"
    assert "database" in reason
    assert Run.objects.exclude(status=Status.DAMAGED).count() == number
    assert Run.objects.get(status=Status.DAMAGED).error_message == reason
    assert Device.objects.get().runs.count() == number - 1
    assert Workshop.objects.get().runs.count() == number - 1
    assert Entity.objects.count() == 2 * number


# Where runs do not belong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        "2026-02-10 Klasse 7b",
        "10.02.2026",
        "2026-02-30",
        "Sicherung/2026-02-10",
        "Klasse 7b/dev_0123456789ab",
        f"{DAY}/Klasse 7b/Gruppe 1",
        ".versteckt",
    ],
)
def test_folders_that_hold_runs_but_are_no_days_are_named_with_their_number(place: str) -> None:
    for number in range(3):
        january_run(f"{place}/run_{1770714000000 + number}_a1")
    told, ended_well = told_by()
    assert not ended_well
    assert f"{place.removeprefix(DAY + '/').split('/')[0]}" in told
    assert "holds runs: 3" in told
    assert not Run.objects.exists()


def test_names_that_are_no_text_are_told_as_they_can_be_printed() -> None:
    january_run(f"{DAY}/{os.fsdecode(b'Gr' + bytes([0xFC]) + b'n')}/{RUN_ID}")
    january_run(f"{DAY}/run_1770714000001_a1", run_id="run_1770714000001_a1")
    told, ended_well = told_by()
    assert not ended_well
    assert "Gr\\udcfcn: its name is not UTF-8" in told
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    "bin",
    [
        "#recycle",
        "@eaDir",
        "$RECYCLE.BIN",
        ".Trash-1000",
        "lost+found",
        "@Recently-Snapshot",
        ".snapshot",
        "System Volume Information",
    ],
)
@pytest.mark.parametrize("place", ["", f"{DAY}/", f"{DAY}/dev_0123456789ab/"])
def test_bins_and_shadow_folders_are_passed_over_with_a_line(bin: str, place: str) -> None:
    january_run(f"{DAY}/{RUN_ID}")
    january_run(f"{place}{bin}/{RUN_ID}")
    january_run(f"{place}{bin}/{DAY}/run_1770714000001_a1", run_id="run_1770714000001_a1")
    told, ended_well = told_by()
    assert ended_well
    assert f"json/{place}{bin}: a bin or shadow folder; passed over" in told
    assert Run.objects.get().folder == f"json/{DAY}/{RUN_ID}"


# What is there twice -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [f"{RUN_ID} (1)", f"Kopie von {RUN_ID}", "aaa"])
def test_a_folder_whose_name_is_not_its_run_is_listed_and_not_counted(name: str) -> None:
    original = january_run(f"{DAY}/{RUN_ID}")
    shutil.copytree(original, original.parent / name)
    told, ended_well = told_by()
    assert ended_well
    assert f"{name}: is {RUN_ID}, a copy, not counted" in told
    assert Run.objects.get().folder == f"json/{DAY}/{RUN_ID}"
    # Nor is it a fault that it has no row.
    assert told_by("--verify")[1]


def test_a_renamed_run_that_lies_nowhere_else_is_a_fault() -> None:
    january_run(f"{DAY}/{RUN_ID} Lisas Bild")
    told, ended_well = told_by()
    assert not ended_well
    assert "nowhere else" in told


def test_a_run_that_was_renamed_after_it_was_indexed_is_no_copy() -> None:
    run = recorder.start(context())
    recorder.finish(run)
    folder = files.run_folder(run)
    folder.rename(folder.parent / "Lisas Bild")
    told, ended_well = told_by()
    assert not ended_well
    assert "nowhere else" in told
    assert f"{run.folder}: has a row, but is not there" in told


@pytest.mark.parametrize("elsewhere", ["2020-01-01", f"{DAY}/Kopien", "2026-02-11"])
def test_of_two_folders_of_one_run_the_one_in_the_regular_place_keeps_the_id(
    elsewhere: str,
) -> None:
    original = january_run(f"{DAY}/{RUN_ID}")
    shutil.copytree(original, files.runs_root() / elsewhere / RUN_ID)
    for _ in range(2):
        report = index.rebuild()
        assert report.copies == {f"json/{elsewhere}/{RUN_ID}": RUN_ID}
        run = Run.objects.get()
        assert (run.run_id, run.folder) == (RUN_ID, f"json/{DAY}/{RUN_ID}")


def test_the_regular_folder_gets_back_the_id_that_a_copy_had() -> None:
    copy = january_run(f"2020-01-01/{RUN_ID}")
    index.rebuild()
    before = Run.objects.get()
    shutil.copytree(copy, files.runs_root() / DAY / RUN_ID)
    for _ in range(2):
        assert list(index.rebuild().copies) == [f"json/2020-01-01/{RUN_ID}"]
        run = Run.objects.get()
        assert (run.pk, run.folder) == (before.pk, f"json/{DAY}/{RUN_ID}")


def test_rows_that_an_earlier_version_made_for_copies_are_counted_no_more() -> None:
    original = january_run(f"{DAY}/{RUN_ID}")
    index.rebuild()
    lone_id = "run_1770714000001_a1"
    january_run(f"{DAY}/Lisas Bild", run_id=lone_id)
    copy = original.parent / f"{RUN_ID} (1)"
    shutil.copytree(original, copy)
    for folder in (copy, original.parent / "Lisas Bild"):
        row = Run.objects.get(run_id=RUN_ID)
        row.pk, row.run_id, row.folder = None, folder.name, f"json/{DAY}/{folder.name}"
        row.save(force_insert=True)
    told, _ended_well = told_by("--dry-run")
    assert "1 rows of copies would be taken from the index" in told
    assert Run.objects.count() == 3
    told, _ended_well = told_by()
    assert f"{copy.name}: is {RUN_ID}, a copy, not counted" in told
    assert "1 rows of copies taken from the index" in told
    # That of a run which lies nowhere else stays.
    assert set(Run.objects.values_list("run_id", flat=True)) == {RUN_ID, "Lisas Bild"}
    assert copy.is_dir()
    assert "rows of copies" not in told_by()[0]


# Verifying -----------------------------------------------------------------------------------


def test_verifying_changes_no_row_and_no_file(archive: Path) -> None:
    recorder.finish(recorder.start(context()))
    january_run(f"{DAY}/{RUN_ID}")
    rows = list(Run.objects.values())
    before = {path: path.stat().st_mtime_ns for path in archive.rglob("*")}
    told, ended_well = told_by("--verify")
    assert not ended_well
    assert f"json/{DAY}/{RUN_ID}: has no row" in told
    assert list(Run.objects.values()) == rows
    assert {path: path.stat().st_mtime_ns for path in archive.rglob("*")} == before


def test_verifying_marks_no_row_as_damaged() -> None:
    run = recorder.start(context())
    recorder.finish(run)
    (files.run_folder(run) / "metadata.json").write_text("{")
    assert not told_by("--verify")[1]
    run.refresh_from_db()
    assert run.status == Status.COMPLETE


def test_what_lies_in_a_run_or_a_day_and_in_no_record_is_told() -> None:
    run = recorder.start(context())
    recorder.finish(run)
    folder = files.run_folder(run)
    old = january_run(f"{DAY}/dev_0123456789ab/{RUN_ID}")
    (old / "final").mkdir()
    index.rebuild()
    assert list(verify.find_faults()) == []
    (folder / "07_output_image.png").write_bytes(picture())
    (folder / ".04_output_image.png.1a2b3c4d.tmp").write_bytes(picture())
    (folder / ".DS_Store").write_bytes(b"")
    (old / "final" / "notes.doc").write_bytes(b"")
    (folder.parent / "01_input.txt").write_text("Haus")
    (folder.parent / "favorites.json").write_text("[]")
    assert set(verify.find_faults()) == {
        (run.folder, "07_output_image.png is in no record"),
        (run.folder, ".04_output_image.png.1a2b3c4d.tmp is in no record"),
        (f"json/{DAY}/dev_0123456789ab/{RUN_ID}", "final/notes.doc is in no record"),
        (f"{Path(run.folder).parent}/01_input.txt", "belongs to no run"),
    }
    assert not told_by("--verify")[1]


def test_reading_a_folder_needs_no_row() -> None:
    january_run(f"{DAY}/{RUN_ID}")
    (found,) = find_runs()
    reading = read(found)
    assert (reading.run_id, reading.is_misnamed) == (RUN_ID, False)
    assert reading.values["created_at"] == datetime(2026, 2, 10, 9, tzinfo=UTC)
