"""Exports: all files of all selected runs, or a plain word about what is missing."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from hypothesis import given
from hypothesis import strategies as st

from devices.models import Device
from runs import archive as files
from runs import recorder
from runs.export import folders
from runs.export.manifest import COLUMNS, as_cell
from runs.models import Run
from runs.tests.making import (
    begin,
    blocked,
    browser_of,
    damage,
    made,
    staff_browser,
    workshop,
)
from web.streaming import gathered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def device() -> Device:
    return Device.objects.create(
        pk="device-mine", name="iPad Tisch 3", workshop=workshop("Klasse 7b")
    )


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "runs.zip"


def export(target: Path, *arguments: str) -> zipfile.ZipFile:
    call_command("export_runs", *arguments, "--out", str(target), stderr=io.StringIO())
    return zipfile.ZipFile(target)


def rows_of(exported: zipfile.ZipFile) -> list[dict[str, str]]:
    text = exported.read("manifest.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def ids_in(exported: zipfile.ZipFile) -> list[str]:
    return [row["run_id"] for row in rows_of(exported)]


def test_the_zip_holds_the_folders_as_they_are_on_disk(
    device: Device, archive: Path, target: Path
) -> None:
    runs = [made(device, pictures=2), blocked(device), begin(device)]
    (files.run_folder(runs[0]) / "unlisted.bin").write_bytes(b"\0\1")
    (files.run_folder(runs[0]) / "sub").mkdir()
    (files.run_folder(runs[0]) / "sub" / "001_x.txt").write_text("x")
    exported = export(target)
    assert exported.testzip() is None
    on_disk = {
        path.relative_to(archive).as_posix(): path.read_bytes()
        for path in archive.rglob("*")
        if path.is_file()
    }
    in_zip = {name: exported.read(name) for name in exported.namelist() if name.startswith("json/")}
    assert in_zip == on_disk
    assert set(exported.namelist()) - set(in_zip) == {"README.txt", "manifest.csv"}


def test_pictures_are_stored_and_texts_are_compressed(device: Device, target: Path) -> None:
    run = made(device)
    exported = export(target)
    assert exported.getinfo(f"{run.folder}/04_output_image.png").compress_type == zipfile.ZIP_STORED
    assert exported.getinfo(f"{run.folder}/metadata.json").compress_type == zipfile.ZIP_DEFLATED


def test_the_manifest_tells_all_about_each_run(device: Device, target: Path) -> None:
    run = made(device, seed=0)
    exported = export(target)
    (row,) = rows_of(exported)
    assert tuple(row) == COLUMNS
    names = [
        "01_input.txt",
        "02_interception.txt",
        "03_optimized_prompt.txt",
        "04_output_image.png",
        "authorship.json",
        "metadata.json",
    ]
    contents = [exported.read(f"{run.folder}/{name}") for name in names]
    created, finished = row.pop("created_at"), row.pop("finished_at")
    assert parse_datetime(created) == run.created_at
    assert created == timezone.localtime(run.created_at).isoformat()
    assert parse_datetime(finished) == Run.objects.get().finished_at
    assert row == {
        "run_id": run.run_id,
        "folder": run.folder,
        "kind": "generation",
        "status": "complete",
        "started_at": "",
        "released_at": "",
        "released_by": "",
        "is_favourite": "False",
        "duration_seconds": "",
        "device": "device-mine",
        "device_name": "iPad Tisch 3",
        "workshop": "Klasse 7b",
        "group": "1",
        "interception_config": "planetarizer",
        "output_config": "flux2",
        "engine": "comfyui",
        "safety_level": "kids",
        "language": "de",
        "seed": "0",
        "parent_run_id": "",
        "software_version": settings.VERSION,
        "idea": "Ein Haus am Meer",
        "context_prompt": "Denk an den Planeten.",
        "interception": "Ein Nest am Meer",
        "prompt": "a nest by the sea",
        "share_mine": "0",
        "share_rule": "0.2",
        "share_edit": "0.8",
        "share_fitting": "0",
        "error_kind": "",
        "error_message": "",
        "files": "; ".join(names),
        "sizes": "; ".join(str(len(content)) for content in contents),
        "sha256": "; ".join(hashlib.sha256(content).hexdigest() for content in contents),
        "problems": "",
    }


def test_the_manifest_shows_every_column_of_the_list(device: Device, target: Path) -> None:
    run = made(device)
    shown = staff_browser("view_run").get("/api/runs/").json()["results"][0]
    assert set(shown) - set(COLUMNS) == {
        "is_own",
        "media",
        "shares",
        "thumbnail_url",
        "composite_url",
    }
    (row,) = rows_of(export(target))
    same = set(shown) & set(COLUMNS) - {"duration_seconds", "started_at", "released_at"}
    assert {name: row[name] for name in same} == {name: str(shown[name]) for name in same}
    assert row["run_id"] == run.run_id


@pytest.mark.parametrize(
    "typed",
    [
        '=HYPERLINK("http://evil","click")',
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r\n=1",
        "＝1",
        "'=1",
        "'",
        "",
        'Ein "Haus", groß; und\nbunt 🦊',
        "  = kein Anfang",
    ],
)
def test_no_text_becomes_a_formula_and_none_is_lost(
    device: Device, target: Path, typed: str
) -> None:
    made(device, texts=(("input", typed), ("optimized_prompt", typed)))
    (row,) = rows_of(export(target))
    for column in ("idea", "prompt"):
        assert not row[column].startswith(tuple("=+-@\t\r\n＝＋－＠"))
        assert row[column].removeprefix("'") == typed


@given(st.text())
def test_a_cell_gives_its_text_back(text: str) -> None:
    assert as_cell(text).removeprefix("'") == text


def test_the_manifest_begins_with_a_byte_order_mark_and_has_it_once(
    device: Device, target: Path
) -> None:
    made(device)
    content = export(target).read("manifest.csv")
    assert content.startswith("\ufeffrun_id,folder,".encode())
    assert content.count("\ufeff".encode()) == 1
    assert content.endswith(b"\r\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--device", "device-mine"),
        ("--device", "iPad Tisch 3"),
        ("--workshop", "Klasse 7b"),
        ("--rule", "planetarizer"),
        ("--engine", "comfyui"),
        ("--engine", "flux2"),
        ("--output_config", "flux2"),
        ("--status", "complete"),
        ("--status", "complete", "--status", "failed"),
        ("--to", "2026-01-17"),
        ("--day", "2026-01-17"),
        ("--from", "2026-01-01", "--to", "2026-01-31"),
    ],
    ids=" ".join,
)
def test_the_command_selects(device: Device, target: Path, arguments: tuple[str, ...]) -> None:
    run = made(device)
    Run.objects.filter(pk=run.pk).update(day="2026-01-17")
    other = Device.objects.create(pk="device-other")
    begin(other, interception_config="bauhaus", output_config="qwen", engine="swarmui")
    assert ids_in(export(target, *arguments)) == [run.run_id]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--status", "beautiful"), "--status"),
        (("--from", "17.01.2026"), "--from"),
        (("--device", "iPad Tish 3"), "No runs match"),
        (("--device", "a", "--device", "b"), "only once"),
    ],
)
def test_a_mistake_writes_nothing(
    device: Device, target: Path, arguments: tuple[str, ...], said: str
) -> None:
    made(device)
    with pytest.raises(CommandError, match=said):
        export(target, *arguments)
    assert not list(target.parent.iterdir())


def test_a_dry_run_tells_how_much_and_writes_nothing(device: Device, target: Path) -> None:
    made(device)
    begin(device)
    said = io.StringIO()
    call_command("export_runs", "--dry-run", stderr=said)
    assert "2 runs with 7 files" in said.getvalue()
    assert not list(target.parent.iterdir())


def test_what_is_missing_or_changed_is_named_and_the_rest_is_there(
    device: Device, target: Path
) -> None:
    whole, gone, changed, empty = (made(device) for _number in range(4))
    damage(gone, "04_output_image.png")
    damage(changed, "01_input.txt", b"other words")
    for path in files.run_folder(empty).iterdir():
        path.unlink()
    files.run_folder(empty).rmdir()
    said = io.StringIO()
    with pytest.raises(CommandError, match="7 problems"):
        call_command("export_runs", "--out", str(target), stderr=said)
    exported = zipfile.ZipFile(target)
    problems = {row["run_id"]: row["problems"] for row in rows_of(exported)}
    assert problems == {
        whole.run_id: "",
        gone.run_id: "missing: 04_output_image.png",
        changed.run_id: "changed: 01_input.txt",
        empty.run_id: "missing: metadata.json; missing: 01_input.txt; "
        "missing: 02_interception.txt; missing: 03_optimized_prompt.txt; "
        "missing: 04_output_image.png",
    }
    listed = exported.read("PROBLEMS.txt").decode().splitlines()
    assert len(listed) == 7
    assert f"{gone.run_id}: missing: 04_output_image.png" in listed
    for line in listed:
        assert line in said.getvalue()
    assert exported.read(f"{changed.folder}/01_input.txt") == b"other words"
    assert f"{gone.folder}/01_input.txt" in exported.namelist()


def test_files_that_a_record_names_without_their_folder_are_found(
    device: Device, target: Path
) -> None:
    """Layout L3 keeps finished files in `final/` and leaves that out of their names."""
    run = made(device)
    folder = files.run_folder(run)
    (folder / "final").mkdir()
    for path in folder.glob("0*"):
        path.rename(folder / "final" / path.name)
    Run.objects.filter(pk=run.pk).update(layout="L3")
    (row,) = rows_of(export(target))
    assert row["problems"] == ""
    assert row["prompt"] == "a nest by the sea"
    assert "final/04_output_image.png" in row["files"]


def test_a_link_out_of_the_archive_is_not_followed(
    device: Device, target: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    run = made(device)
    (files.run_folder(run) / "link.txt").symlink_to(secret)
    with pytest.raises(CommandError, match="1 problem"):
        export(target)
    exported = zipfile.ZipFile(target)
    assert "left out, a link: link.txt" in rows_of(exported)[0]["problems"]
    assert not any("secret" in str(exported.read(name)) for name in exported.namelist()[:-2])


def test_an_export_that_breaks_off_leaves_what_was_there(
    device: Device, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(device)
    target.write_bytes(b"the export of last week")

    def no_room(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(CommandError, match="No space left"):
        export(target)
    assert target.read_bytes() == b"the export of last week"
    assert list(target.parent.iterdir()) == [target]


def test_a_stream_can_be_taken_instead_of_a_file(
    device: Device, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    run = made(device)
    call_command("export_runs", "--out", "-", stderr=io.StringIO())
    exported = zipfile.ZipFile(io.BytesIO(capfdbinary.readouterr().out))
    assert ids_in(exported) == [run.run_id]


def test_many_runs_come_in_few_looks_at_the_database(
    device: Device, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "BATCH", 2)
    runs = [begin(device).run_id for _number in range(5)]
    with CaptureQueriesContext(connection) as queries:
        assert ids_in(export(target)) == runs
    # How many there are, their sums, the act with how many (in a transaction), their ids, then
    # three batches of runs, their files and what was done with them.
    assert len(queries) == 2 + 4 + 1 + 3 * 3


def test_pieces_are_gathered_but_the_first_goes_at_once() -> None:
    taken: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(7):
            taken.append(number)
            yield b"ab"

    pieces = gathered(chunks(), 4)  # type: ignore[arg-type]
    assert next(pieces) == b"ab"
    assert taken == [0]
    assert list(pieces) == [b"abab", b"abab", b"abab"]
    assert list(gathered((c for c in [b"ab"]), 4)) == [b"ab"]


# Over HTTP ----------------------------------------------------------------------------------


def test_staff_download_a_selection(device: Device) -> None:
    run = made(device)
    begin(Device.objects.create(pk="device-other"))
    response = staff_browser("view_run", "export_run").get(
        "/api/runs/export/", {"device": "iPad Tisch 3"}, headers={"Accept": "application/zip"}
    )
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="runs_')
    exported = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    assert exported.testzip() is None
    assert ids_in(exported) == [run.run_id]


def test_a_download_begins_before_the_runs_are_read(device: Device) -> None:
    run = made(device)
    pieces = iter(staff_browser("view_run", "export_run").get("/api/runs/export/"))
    first = next(pieces)
    recorder.update_metadata(run, note="after the first byte")
    exported = zipfile.ZipFile(io.BytesIO(first + b"".join(pieces)))
    assert b"after the first byte" in exported.read(f"{run.folder}/metadata.json")


def test_children_download_nothing(device: Device) -> None:
    made(device)
    Device.objects.filter(pk=device.pk).update(bound_at=None)
    anonymous = Client().get("/api/runs/export/")
    assert anonymous.status_code == 401
    assert anonymous.headers["WWW-Authenticate"].startswith("Basic")
    assert browser_of(device.pk)[0].get("/api/runs/export/").status_code == 401


@pytest.mark.parametrize("rights", [(), ("view_run",), ("export_run",)])
def test_viewing_alone_is_no_right_to_take_along(device: Device, rights: tuple[str, ...]) -> None:
    made(device)
    assert staff_browser(*rights).get("/api/runs/export/").status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [("enigne=flux2", 400), ("status=beautiful", 400), ("rule=unheard-of", 404), ("page=2", 400)],
)
def test_a_wrong_selection_is_refused_before_it_is_sent(
    device: Device, query: str, status: int
) -> None:
    made(device)
    response = staff_browser("view_run", "export_run").get(f"/api/runs/export/?{query}")
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


_EXPORT = """
import os, sys
from pathlib import Path
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection
settings.ARCHIVE_ROOT = Path(sys.argv[1])
call_command("migrate", verbosity=0)
from runs import archive, recorder
from runs.tests.recording import context
run = recorder.start(context())
long = recorder.add(run, type="output_code", data="x", extension="js")
# It takes up no room on the disk, and nobody comes to its end.
os.truncate(archive.entity_path(run, long.filename), 20_000_000_000)
print("begins", flush=True)
call_command("export_runs", "--out", sys.argv[2])
print("was done", flush=True)
"""


def test_an_export_killed_in_the_middle_leaves_nothing_under_its_name(
    archive: Path, target: Path, tmp_path: Path
) -> None:
    """A real process, killed as soon as a part of the zip has been written."""
    exporting = subprocess.Popen(
        [sys.executable, "-c", _EXPORT, str(archive), str(target)],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "ai4artsed.settings",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert exporting.stdout is not None
    assert exporting.stdout.readline() == b"begins\n"
    while not any(part.stat().st_size for part in target.parent.iterdir()):
        assert exporting.poll() is None, "it ended unseen"
    exporting.send_signal(signal.SIGKILL)
    assert exporting.stdout.read() == b"", "it was killed too late to show anything"
    exporting.wait()
    (part,) = target.parent.iterdir()
    assert part.name.startswith(".runs.zip.")
    assert not zipfile.is_zipfile(part)
