"""After a crash: what can be proved is completed, what is nobody's is named and stays."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from devices.models import Workshop
from runs import act_files, recorder
from runs import archive as files
from runs.acts import COMMAND_LINE
from runs.healing import GIVEN_ROW, LISTED, REMOVED, Deed, heal, reconcile
from runs.models import Act, Run, Status
from runs.pausing import pause_workshop
from runs.tests.crashing import killed_before_naming
from runs.tests.making import made
from runs.tests.recording import context, january_run, picture
from runs.verify import find_faults

pytestmark = pytest.mark.django_db

PNG = picture()


def metadata_of(run: Run) -> dict[str, Any]:
    return files.read_metadata(files.run_folder(run))


def names_in(run: Run) -> list[str]:
    return sorted(path.name for path in files.run_folder(run).iterdir())


def state_of_all(archive: Path) -> dict[Path, tuple[int, bytes]]:
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in archive.rglob("*")
    }


def repaired(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """Return what `index_runs --repair` prints, without its summary."""
    call_command("index_runs", "--repair", *options)
    return capsys.readouterr().out.splitlines()[1:]


def fail_in_its_row(run: Run) -> None:
    """End a run as `pipelines.queue` does where its folder cannot be written to."""
    Run.objects.filter(pk=run.pk).update(
        status=Status.FAILED,
        error_kind="storage_full",
        error_message="Kein Platz.",
        finished_at=timezone.now(),
    )


def killed_while_adding(run: Run, before: str = "metadata.json") -> None:
    with killed_before_naming(before):
        recorder.add(run, type="output_image", data=PNG, extension="png", metadata={"seed": 7})


# One run ---------------------------------------------------------------------------------------


def test_a_picture_that_metadata_was_about_to_list_is_listed_with_all_that_was_known() -> None:
    run = recorder.start(context(status=Status.RUNNING))
    killed_while_adding(run)
    assert len(metadata_of(run)["entities"]) == 3
    assert [deed.what for deed in reconcile(run)] == [LISTED, GIVEN_ROW, REMOVED]
    assert names_in(run)[-3:] == ["04_output_image.png", "authorship.json", "metadata.json"]
    assert run.entities.get(type="output_image").metadata == {"seed": 7}
    assert metadata_of(run)["current_state"]["progress"] == "4/4"
    assert metadata_of(run)["status"] == "running"
    assert reconcile(run) == []
    recorder.finish(run)
    assert list(find_faults()) == []


def test_a_picture_that_had_not_got_its_name_goes_and_is_made_again() -> None:
    run = recorder.start(context(status=Status.RUNNING))
    killed_while_adding(run, before="04_output_image.png")
    assert {deed.what for deed in reconcile(run)} == {REMOVED}
    assert len(names_in(run)) == 5
    assert (
        recorder.add(run, type="output_image", data=PNG, extension="png").filename
        == "04_output_image.png"
    )


@pytest.mark.parametrize("stray", ["07_output_image.png", "photo.jpg", "04_output_image.png"])
def test_a_file_that_nobody_was_about_to_list_never_becomes_the_runs(stray: str) -> None:
    run = recorder.start(context(status=Status.RUNNING))
    (files.run_folder(run) / stray).write_bytes(PNG)
    before = state_of_all(files.run_folder(run))
    assert reconcile(run) == []
    recorder.finish(run)
    assert list(heal()) == []
    assert before.keys() == state_of_all(files.run_folder(run)).keys()
    assert run.entities.count() == 3


def test_a_stray_in_the_place_of_the_picture_that_was_about_to_come_is_told_by_its_checksum() -> (
    None
):
    run = recorder.start(context(status=Status.RUNNING))
    killed_while_adding(run)
    (files.run_folder(run) / "04_output_image.png").write_bytes(picture("JPEG"))
    assert {deed.what for deed in reconcile(run)} == {REMOVED}
    assert run.entities.count() == 3
    assert (files.run_folder(run) / "04_output_image.png").read_bytes() != PNG


def test_only_names_that_we_give_are_temporary_files() -> None:
    run = recorder.start(context(status=Status.RUNNING))
    folder = files.run_folder(run)
    foreign = [".photo.jpg.0a1b2c3d.tmp", ".04_output_image.png.tmp", "x.tmp", ".metadata.json.swp"]
    for name in foreign:
        (folder / name).write_bytes(b"mine")
    (folder / ".metadata.json.0a1b2c3d.tmp").symlink_to(folder / "01_input.txt")
    killed_while_adding(run, before="04_output_image.png")
    reconcile(run)
    assert {*foreign, ".metadata.json.0a1b2c3d.tmp"} <= set(names_in(run))
    assert len(names_in(run)) == 5 + len(foreign) + 1


# The last days ---------------------------------------------------------------------------------


def test_a_folder_without_a_row_gets_it_and_is_told_that_it_never_ended() -> None:
    run = recorder.start(context())
    Run.objects.all().delete()
    assert list(heal()) == [
        Deed(run.folder, GIVEN_ROW),
        Deed(f"{run.folder}/metadata.json", "completed, the run is interrupted"),
    ]
    assert Run.objects.get().status == metadata_of(run)["status"] == Status.INTERRUPTED
    assert list(heal()) == []
    assert list(find_faults()) == []


def test_an_end_that_metadata_was_never_told_is_told() -> None:
    run = recorder.start(context(status=Status.RUNNING))
    killed_while_adding(run)
    fail_in_its_row(run)
    assert [deed.what for deed in heal()] == [
        LISTED,
        "completed, the run is failed",
        GIVEN_ROW,
        REMOVED,
    ]
    metadata = metadata_of(run)
    assert (metadata["status"], metadata["current_state"]["step"]) == ("failed", "failed")
    assert metadata["error"] == {"kind": "storage_full", "message": "Kein Platz."}
    assert metadata["finished_at"]
    assert list(find_faults()) == []


def test_a_row_that_was_never_told_of_its_runs_end_is_told() -> None:
    run = recorder.start(context())
    recorder.cancel(run)
    # A queued run is held by nobody whose lease could run out.
    Run.objects.update(status=Status.QUEUED, finished_at=None)
    assert list(heal()) == [Deed(run.folder, "ended in its row, the run is cancelled")]
    assert Run.objects.get().status == Status.CANCELLED


def test_a_picture_without_its_row_gets_it() -> None:
    run = made()
    run.entities.filter(type="output_image").delete()
    assert [deed.place for deed in heal()] == [run.folder]
    assert run.entities.filter(type="output_image").count() == 1


def test_what_is_at_work_elsewhere_is_left_alone(archive: Path) -> None:
    running, held = recorder.start(context(status=Status.RUNNING)), recorder.start(context())
    for run in (running, held):
        killed_while_adding(run)
    Run.objects.filter(pk=running.pk).update(
        lease_owner="another-host/7/ab/cd", lease_until=timezone.now() + timedelta(seconds=15)
    )
    growing = archive / "json/.tmp" / files.new_run_id(timezone.now())
    growing.mkdir()
    (growing / "01_input.txt").write_text("Haus")
    before, rows = state_of_all(archive), list(Run.objects.values())
    with files.locked(files.run_folder(held)), files.locked(growing):
        assert list(heal()) == []
        assert (state_of_all(archive), list(Run.objects.values())) == (before, rows)
    assert {deed.place.rpartition("/")[0] for deed in heal()} == {held.folder, "json/.tmp"}


def test_folders_that_were_never_finished_go_unless_they_may_still_grow(archive: Path) -> None:
    building = archive / "json/.tmp"
    half, empty, young, odd = (building / files.new_run_id(timezone.now()) for _ in range(4))
    foreign = building / "my-backup"
    for folder in (half, empty, young, odd, foreign):
        folder.mkdir(parents=True)
    for folder in (half, odd, foreign):
        (folder / "01_input.txt").write_text("Haus")
    (odd / "holiday.jpg").write_bytes(PNG)
    (building / ".probe-0a1b2c3d").write_bytes(b"can be")
    os.utime(empty, (0, 0))
    removed = {".probe-0a1b2c3d", half.name, empty.name}
    assert {deed.place for deed in heal()} == {f"json/.tmp/{name}" for name in removed}
    assert sorted(path.name for path in building.iterdir()) == sorted(
        [young.name, odd.name, foreign.name]
    )


def test_an_act_that_the_crash_kept_from_its_file_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    group = Workshop.objects.create(name="Di 9 Uhr")
    pause_workshop(workshop=group, by=COMMAND_LINE)
    file = files.runs_root() / f"{timezone.localdate()}" / act_files.FILENAME
    file.unlink(missing_ok=True)
    act = Act.objects.get()
    place = f"json/{timezone.localdate()}/{act_files.FILENAME}"
    assert repaired(capsys, "--dry-run") == [f"{place}: would be completed by {act.act_id}"]
    assert not file.exists()
    assert list(heal()) == [Deed(place, f"completed by {act.act_id}")]
    assert json.loads(file.read_text())["id"] == act.act_id
    assert list(heal()) == []


def test_healing_looks_at_the_last_days_and_at_own_runs_only(archive: Path) -> None:
    run = recorder.start(context())
    Run.objects.all().delete()
    long_ago = files.runs_root() / f"{timezone.localdate() - timedelta(days=8)}"
    long_ago.mkdir()
    files.run_folder(run).rename(long_ago / run.run_id)
    january_run(f"{timezone.localdate()}/run_1770714000000_a1b2c3")
    before = state_of_all(archive)
    assert list(heal()) == []
    assert state_of_all(archive) == before
    assert not Run.objects.exists()


def test_an_odd_folder_does_not_keep_the_others_from_being_healed() -> None:
    odd, run = recorder.start(context()), recorder.start(context())
    for one in (odd, run):
        killed_while_adding(one)
    metadata = metadata_of(odd) | {"entities": {"01_input": 7}}
    files.write_metadata(files.run_folder(odd), metadata)
    told = [deed for deed in heal() if deed.place.startswith(odd.folder)]
    assert [deed.what.partition(":")[0] for deed in told] == ["left alone"]
    assert run.entities.count() == 4


def test_where_nothing_can_be_written_it_is_told_and_done_at_a_later_start(
    small_disk: Path, write_protect: Callable[[], None]
) -> None:
    run = recorder.start(context(status=Status.RUNNING))
    with killed_before_naming():
        recorder.add(run, type="output_code", data="draw()", extension="js")
    fail_in_its_row(run)
    half = small_disk / "json/.tmp" / files.new_run_id(timezone.now())
    half.mkdir()
    for path in (half / "01_input.txt", small_disk / "json/.tmp/.probe-0a1b2c3d"):
        path.write_text("Haus")
    before = state_of_all(small_disk)
    write_protect()
    (told,) = heal()
    assert (told.place, told.what.partition(":")[0]) == (run.folder, "left alone")
    assert state_of_all(small_disk) == before
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert [deed.what for deed in heal()][2:] == [
        LISTED,
        "completed, the run is failed",
        GIVEN_ROW,
        REMOVED,
    ]
    assert list((small_disk / "json/.tmp").iterdir()) == []
    assert list(find_faults()) == []


# index_runs --repair ---------------------------------------------------------------------------


def test_a_repair_names_each_file_that_it_touches_and_each_that_is_nobodys(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, lost = recorder.start(context(status=Status.RUNNING)), recorder.start(context())
    killed_while_adding(run)
    fail_in_its_row(run)
    Run.objects.filter(pk=lost.pk).delete()
    for stray in ("07_output_image.png", "photo.jpg"):
        (files.run_folder(run) / stray).write_bytes(PNG)
    (temporary,) = files.run_folder(run).glob(".metadata.json.*.tmp")
    before = state_of_all(archive)
    would = repaired(capsys, "--dry-run")
    assert state_of_all(archive) == before
    assert would == [
        f"{lost.folder}: never ended, kept as interrupted",
        f"{lost.folder}: would be given its row",
        f"{run.folder}/04_output_image.png: would be added to metadata.json",
        f"{run.folder}/metadata.json: would be completed, the run is failed",
        f"{run.folder}/04_output_image.png: would be given its row",
        f"{run.folder}/{temporary.name}: would be removed, a temporary file of a crash",
        *(
            f"{run.folder}/{stray}: would be left alone, for nobody can tell where it comes from"
            for stray in ("07_output_image.png", "photo.jpg")
        ),
        f"{lost.folder}/metadata.json: would be completed, the run is interrupted",
    ]
    assert repaired(capsys) == [line.replace("would be ", "") for line in would]
    assert [line for line in repaired(capsys) if "left alone" not in line] == []
    assert sorted(path.name for path in files.run_folder(run).glob("*.*g")) == [
        "04_output_image.png",
        "07_output_image.png",
        "photo.jpg",
    ]
    assert [item["filename"] for item in metadata_of(run)["entities"]][3:] == [
        "04_output_image.png"
    ]


def test_verifying_tells_an_end_that_metadata_was_never_told() -> None:
    run = recorder.start(context(status=Status.RUNNING))
    fail_in_its_row(run)
    assert list(find_faults()) == [(run.folder, "metadata.json was never told that it is failed")]
    assert metadata_of(run)["status"] == "running"
