"""Archives beside the live one: indexed, served and exported, and never written to."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as base
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from devices.models import Device
from runs import act_files, index, recorder, verify
from runs import archive as files
from runs.acts import COMMAND_LINE, Verb, new_act
from runs.archive import ArchiveError
from runs.favourites import NotKeepable, set_favourite
from runs.models import Act, Run, Status
from runs.naming import label_runs, name_device
from runs.reading import may_be_written
from runs.releasing import NotReleasable, release, take_back
from runs.tests.making import made, workshop
from runs.tests.recording import (
    DAY,
    FILES,
    METADATA,
    RUN_ID,
    lay,
    move_to,
    old_run,
    printed_by,
    snapshot,
)
from runs.thumbnails import thumbnail

pytestmark = pytest.mark.django_db

UUID = "3f2b8c1e-0000-4000-8000-0123456789ab"
DEVICE = "5b2e0d2a-0000-4000-8000-000000000000"
OLDEST: dict[str, Any] = {"schema": "overdrive", "outputs": ["output_image.png"]}
OLDEST_FILES: dict[str, bytes | str] = {
    "input_text.txt": "Haus",
    "transformed_text.txt": "HAUS",
    "output_image.png": FILES["04_output_image.png"],
}


@pytest.fixture
def staff() -> Client:
    user = User.objects.create_superuser("leitung")
    client = Client()
    client.force_login(user)
    return client


def lay_all_layouts(root: Path) -> dict[str, str]:
    """Lay a run of every layout below `root`; return their layouts by id."""
    json = root / "json"
    old_run(json / UUID, OLDEST, OLDEST_FILES)
    lay(root, "gen_1770714000001_a1", run_id="gen_1770714000001_a1")
    lay(root, f"{DAY}/run_1770714000002_a1", run_id="run_1770714000002_a1")
    inner = {f"final/{name}": data for name, data in FILES.items()}
    old_run(
        json / DAY / DEVICE / "run_1770714000003_a1",
        METADATA | {"run_id": "run_1770714000003_a1"},
        inner,
    )
    lay(root, f"{DAY}/legacy_20260210/alter_name", run_id="run_1770714000004_a1")
    return {
        UUID: "L0",
        "gen_1770714000001_a1": "L1",
        "run_1770714000002_a1": "L2",
        "run_1770714000003_a1": "L3",
        "alter_name": "L4",
    }


def test_runs_of_every_layout_are_indexed_served_and_exported(
    old_archive: Path, staff: Client, tmp_path: Path
) -> None:
    layouts = lay_all_layouts(old_archive)
    before = snapshot(old_archive)
    report = index.rebuild()
    assert (report.damaged, report.missed, report.indexed) == ([], [], 5)
    assert index.rebuild().unchanged == 5
    assert dict(Run.objects.values_list("run_id", "layout")) == layouts
    assert set(Run.objects.values_list("root", flat=True)) == {str(old_archive)}
    for run in Run.objects.all():
        assert run.idea == "Haus"
        picture = staff.get(f"/api/media/image/{run.run_id}/0")
        assert (picture.status_code, picture.content) == (200, FILES["04_output_image.png"])
        assert staff.get(f"/api/runs/{run.run_id}/thumbnail").status_code == 200
        assert staff.get(f"/api/pipeline/{run.run_id}/entity/input").content == b"Haus"
        assert staff.get(f"/api/pipeline/{run.run_id}/status").status_code == 200
        assert staff.get(f"/card/{run.run_id}.png").status_code == 200
        page = staff.get(f"/admin/runs/run/{run.pk}/change/")
        assert run.place in page.content.decode()
    out = tmp_path / "runs.zip"
    call_command("export_runs", "--status", "complete", "--out", str(out), stderr=io.StringIO())
    with zipfile.ZipFile(out) as exported:
        names = exported.namelist()
        assert "PROBLEMS.txt" not in names
        assert sum(name.endswith("output_image.png") for name in names) == 5
    assert snapshot(old_archive) == before


def test_folders_of_one_name_in_two_archives_do_not_meet_in_an_export(
    old_archive: Path, archive: Path, settings: Settings, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere" / "old1"
    settings.ARCHIVES = [old_archive, other]
    for minute, (root, idea) in enumerate(
        ((archive, "Haus"), (old_archive, "Boot"), (other, "Turm"))
    ):
        # A name that was given by hand, so they are three.
        folder = lay(root, f"{DAY}/test", run_id="", timestamp=f"2026-02-10T10:0{minute}:00")
        (folder / "01_input.txt").write_text(idea)
    index.rebuild()
    assert set(Run.objects.values_list("idea", flat=True)) == {"Haus", "Boot", "Turm"}
    out = tmp_path / "runs.zip"
    call_command("export_runs", "--status", "complete", "--out", str(out), stderr=io.StringIO())
    with zipfile.ZipFile(out) as exported:
        ideas = {
            name: exported.read(name).decode()
            for name in exported.namelist()
            if name.endswith("01_input.txt")
        }
        manifest = exported.read("manifest.csv").decode("utf-8-sig")
    assert sorted(ideas.values()) == ["Boot", "Haus", "Turm"]
    assert f"json/{DAY}/test/01_input.txt" in ideas
    assert all(name.rpartition("/")[0] in manifest for name in ideas)


def test_a_run_in_two_archives_counts_once_and_the_live_one_keeps_it(
    old_archive: Path, archive: Path
) -> None:
    lay(old_archive, f"{DAY}/{RUN_ID}")
    old_run(old_archive / "json" / UUID, OLDEST, OLDEST_FILES)
    index.rebuild()
    before = dict(Run.objects.values_list("run_id", "pk"))
    lay(archive, f"2020-01-01/{RUN_ID}")
    old_run(archive / "json" / UUID, OLDEST, OLDEST_FILES)
    for _ in range(2):
        report = index.rebuild()
        assert report.copies == {
            f"{old_archive}/json/{DAY}/{RUN_ID}": RUN_ID,
            f"{old_archive}/json/{UUID}": UUID,
        }
        assert dict(Run.objects.values_list("run_id", "pk")) == before
        assert set(Run.objects.values_list("root", flat=True)) == {""}
    assert f"{old_archive}/json/{UUID}: is {UUID}, a copy, not counted" in printed_by()


def test_an_archive_that_is_gone_is_named_and_its_rows_stay(
    old_archive: Path, settings: Settings, staff: Client
) -> None:
    lay(old_archive, f"{DAY}/{RUN_ID}")
    index.rebuild()
    run = Run.objects.get()
    (old_archive / "json").rename(old_archive / "unmounted")
    for configured in ([old_archive], []):
        settings.ARCHIVES = configured
        told = printed_by()
        assert f"{old_archive}: 1 runs are in the index, but their archive is not there" in told
        assert "has a row" not in told
        assert Run.objects.get().pk == run.pk
        with pytest.raises(ArchiveError, match=r"the archive .*old1 is not") as caught:
            files.run_folder(run)
        assert caught.value.kind == files.MISSING
        assert staff.get(f"/api/media/image/{RUN_ID}/0").status_code == 404
        page = staff.get(f"/admin/runs/run/{run.pk}/change/").content.decode()
        assert f"the archive {old_archive} is not" in page
    settings.ARCHIVES = [old_archive]
    assert f"{old_archive}/json: it is not there; passed over" in printed_by()
    (old_archive / "unmounted").rename(old_archive / "json")
    assert index.rebuild().unchanged == 1
    assert staff.get(f"/api/media/image/{RUN_ID}/0").status_code == 200


def test_nothing_that_people_do_writes_into_it(old_archive: Path) -> None:
    group = workshop("Klasse 7b")
    device = Device.objects.create(pk="device-mine", workshop=group)
    run = made(device)
    release(run=run, by=COMMAND_LINE)
    move_to(old_archive, run)
    before = snapshot(old_archive)
    assert not may_be_written(run)
    name_device(device=device, name="Tisch 3", by=COMMAND_LINE)
    assert label_runs(device=device) == 1
    with pytest.raises(NotKeepable):
        set_favourite(run=run, favourite=True)
    assert take_back(run=run, by=COMMAND_LINE)
    with pytest.raises(NotReleasable):
        release(run=run, by=COMMAND_LINE)
    assert verify.repair() == []
    index.rebuild()
    run.refresh_from_db()
    assert (run.device_name, run.released_at) == ("Tisch 3", None)
    # Whoever forgets to ask is refused.
    with pytest.raises(ArchiveError) as caught:
        recorder.update_metadata(run, favourite=True)
    assert caught.value.kind == files.READ_ONLY
    assert snapshot(old_archive) == before


def test_what_was_taken_back_stays_so_when_the_database_is_lost(old_archive: Path) -> None:
    device = Device.objects.create(pk="device-mine", workshop=workshop("Klasse 7b"))
    run = made(device)
    release(run=run, by=COMMAND_LINE)
    acts = files.runs_root() / f"{run.day}" / "acts.jsonl"
    acts.parent.mkdir(parents=True, exist_ok=True)
    acts.write_text("")
    Act.objects.all().delete()
    move_to(old_archive, run)
    assert run.released_at
    act = new_act(Verb.TAKE_BACK, by=COMMAND_LINE, run=run)
    act_files.append_acts([(act, "")])
    Run.objects.all().delete()
    index.rebuild()
    assert Run.objects.get().released_at is None


def test_acts_are_read_from_all_archives_and_written_into_the_live_one(old_archive: Path) -> None:
    device = Device.objects.create(pk="device-mine", workshop=workshop("Klasse 7b"))
    run = made(device)
    move_to(old_archive, run)
    line = (
        '{"id": "act_1764000000123_0123456789abcdef", "at": "2026-02-10T17:00:00+01:00", '
        '"verb": "release", "by": {"kind": "user", "key": "leitung", "name": "leitung"}, '
        f'"on": {{"kind": "run", "key": "{run.run_id}"}}, "workshop": null, "details": {{}}, '
        '"undoes": null}'
    )
    (old_archive / "json" / DAY).mkdir()
    (old_archive / "json" / DAY / "acts.jsonl").write_text(line + "\n")
    before = snapshot(old_archive)
    assert index.rebuild().acts.indexed == 1
    assert Act.objects.get().run == run
    # It has its line, so nothing is to be written.
    assert "acts written" not in printed_by("--repair")
    assert snapshot(old_archive) == before


def test_a_run_that_was_never_ended_there_is_kept_as_interrupted(old_archive: Path) -> None:
    lay(old_archive, f"{DAY}/{RUN_ID}", schema_version=1, status="running", kind="generation")
    report = index.rebuild()
    assert report.abandoned == [f"{old_archive}/json/{DAY}/{RUN_ID}"]
    assert Run.objects.get().status == Status.INTERRUPTED
    assert index.rebuild().unchanged == 1


def test_faults_are_told_with_the_path_of_the_archive(old_archive: Path) -> None:
    folder = lay(old_archive, f"{DAY}/{RUN_ID}", b"{")
    lay(old_archive, "Sicherung/2026-02-10/run_1770714000009_a1")
    (old_archive / "json" / DAY / "stray.txt").write_text("x")
    told = printed_by("--verify")
    assert f"{folder}: metadata.json" in told
    assert f"{old_archive}/json/Sicherung: its name is no day" in told
    assert f"{old_archive}/json/{DAY}/stray.txt: belongs to no run" in told


# What is configured ------------------------------------------------------------------------------


def ids_of_checks() -> list[str | None]:
    return [message.id for message in run_checks(tags=["files"])]


def test_a_root_that_is_not_there_or_overlaps_is_an_error(
    archive: Path, settings: Settings, tmp_path: Path
) -> None:
    good = tmp_path / "old1"
    (good / "json").mkdir(parents=True)
    (tmp_path / "link").symlink_to(good)
    (tmp_path / "empty").mkdir()
    for roots, id in (
        ([tmp_path / "nowhere"], "runs.E002"),
        ([archive], "runs.E003"),
        ([archive.parent], "runs.E003"),
        ([good, good / "json"], "runs.E003"),
        ([good, tmp_path / "link"], "runs.E003"),
        ([tmp_path / "empty"], "runs.W003"),
        ([good], None),
    ):
        settings.ARCHIVES = roots
        found = [each for each in ids_of_checks() if each != "runs.W001"]
        assert (id in found) if id else found == [], (roots, found)


def test_the_environment_names_them_with_commas_between(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "ARCHIVES": f"{tmp_path}/a, {tmp_path}/b",
        "VAR_DIR": f"{tmp_path}",
    }
    told = subprocess.run(
        [sys.executable, "-c", "from ai4artsed import settings as s; print(*s.ARCHIVES)"],
        cwd=base.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [f"{tmp_path}/a", f"{tmp_path}/b"]


def test_a_thumbnail_lies_outside_of_all_archives(
    old_archive: Path, archive: Path, settings: Settings
) -> None:
    lay(old_archive, f"{DAY}/{RUN_ID}")
    index.rebuild()
    run = Run.objects.get()
    before = snapshot(old_archive), snapshot(archive)
    thumbnail(run, run.entities.get(type="output_image"))
    assert list(Path(settings.THUMBNAIL_DIR).rglob("*.webp"))
    assert (snapshot(old_archive), snapshot(archive)) == before
