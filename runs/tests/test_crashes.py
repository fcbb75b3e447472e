"""Processes that are killed in the middle, and processes that write at the same time."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runs import index
from runs.archive import archive_root
from runs.healing import heal
from runs.models import Run
from runs.verify import find_faults

_PRELUDE = """
import sys
from pathlib import Path
from django.conf import settings
import django
django.setup()
settings.ARCHIVE_ROOT = Path(sys.argv[1])
from runs import recorder
from runs.models import Run
from runs.tests.recording import context, picture
"""
_RECORD_FOR_EVER = (
    _PRELUDE
    + """
data = picture()
print("ready", flush=True)
while True:
    run = recorder.start(context())
    recorder.advance(run, stage=4, step="generation")
    recorder.add(run, type="output_image", data=data, extension="png")
    recorder.finish(run)
"""
)
_ADD_MANY = (
    _PRELUDE
    + """
run = Run.objects.get(run_id=sys.argv[2])
for number in range(25):
    recorder.add(run, type="output_code", data=f"{sys.argv[3]} {number}", extension="js")
"""
)


@pytest.fixture
def own_database(archive: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of processes that share a database file of this test's own."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "ai4artsed.settings",
        "ARCHIVE_ROOT": str(archive),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shared.sqlite3'}",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], env=environment, check=True)
    return environment


def _complete_folders() -> list[Path]:
    return sorted(archive_root().glob("json/20*/*"))


@pytest.mark.django_db
def test_a_killed_recorder_never_leaves_a_folder_that_cannot_be_read(
    archive: Path, own_database: dict[str, str]
) -> None:
    chance = random.Random(3)
    for _ in range(4):
        recording = subprocess.Popen(
            [sys.executable, "-c", _RECORD_FOR_EVER, str(archive)],
            env=own_database,
            stdout=subprocess.PIPE,
        )
        assert recording.stdout is not None
        assert recording.stdout.readline() == b"ready\n"
        deadline = time.monotonic() + chance.uniform(0.05, 0.5)
        while time.monotonic() < deadline or not _complete_folders():
            for folder in _complete_folders()[-3:]:
                _assert_whole(folder)
        recording.send_signal(signal.SIGKILL)
        recording.wait()
    folders = _complete_folders()
    assert len(folders) >= 4
    for folder in folders:
        _assert_whole(folder)
    report = index.rebuild()
    assert not report.damaged
    assert Run.objects.count() == len(folders)
    assert len(report.abandoned) <= 4
    list(heal())
    assert list(find_faults()) == []
    assert [path for path in archive.rglob(".*") if path.name != ".tmp"] == []


def _assert_whole(folder: Path) -> None:
    metadata = json.loads((folder / "metadata.json").read_bytes())
    for item in [*metadata["entities"], metadata["authorship"]]:
        assert (folder / item["filename"]).stat().st_size == item["size"]
    assert (folder / "03_optimized_prompt.txt").read_text() == "a nest by the sea"


def test_two_processes_adding_to_one_run_lose_nothing(
    archive: Path, own_database: dict[str, str], tmp_path: Path
) -> None:
    started = subprocess.run(
        [sys.executable, "-c", _PRELUDE + "print(recorder.start(context()).run_id)", str(archive)],
        env=own_database,
        capture_output=True,
        text=True,
        check=True,
    )
    run_id = started.stdout.strip()
    adding = [
        subprocess.Popen(
            [sys.executable, "-c", _ADD_MANY, str(archive), run_id, name], env=own_database
        )
        for name in ("a", "b")
    ]
    assert [process.wait() for process in adding] == [0, 0]
    (folder,) = _complete_folders()
    items = json.loads((folder / "metadata.json").read_bytes())["entities"]
    assert [item["sequence"] for item in items] == list(range(1, 54))
    contents = {(folder / item["filename"]).read_text() for item in items[3:]}
    assert contents == {f"{name} {number}" for name in "ab" for number in range(25)}
    with sqlite3.connect(tmp_path / "shared.sqlite3") as database:
        rows = database.execute("SELECT filename FROM runs_entity ORDER BY sequence").fetchall()
    assert [row[0] for row in rows] == [item["filename"] for item in items]
