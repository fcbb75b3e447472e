"""A device's name: given later, for the runs that have none, and never over another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices.models import Device
from runs import archive as files
from runs import index, recorder
from runs.acts import COMMAND_LINE
from runs.archive import ArchiveError
from runs.models import Run
from runs.naming import label_runs, name_device
from runs.tests.recording import context, old_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def device() -> Device:
    return Device.objects.create(pk="device-0001")


def names(device: Device) -> list[tuple[str, str]]:
    return [
        (run.device_name, files.read_metadata(files.run_folder(run)).get("device_name", ""))
        for run in Run.objects.filter(device=device).order_by("pk")
    ]


def named(device: Device, name: str) -> int:
    """Name the device and its runs, as the admin does; return how many runs got the name."""
    name_device(device=device, name=name, by=COMMAND_LINE)
    return label_runs(device=device)


def test_a_name_goes_to_earlier_runs_and_later_ones(device: Device) -> None:
    recorder.finish(recorder.start(context(device=device)))
    recorder.start(context(device=device))
    assert named(device, "  iPad   Tisch 3 ") == 2
    recorder.start(context(device=device))
    assert names(device) == [("iPad Tisch 3", "iPad Tisch 3")] * 3
    device.refresh_from_db()
    assert device.name == "iPad Tisch 3"


def test_a_run_keeps_the_name_it_bears(device: Device) -> None:
    recorder.start(context(device=device))
    named(device, "Tisch 3")
    assert named(device, "Tisch 5") == 0
    recorder.start(context(device=device))
    assert names(device) == [("Tisch 3", "Tisch 3"), ("Tisch 5", "Tisch 5")]


def test_other_devices_runs_stay_nameless(device: Device) -> None:
    other = Device.objects.create(pk="device-0002")
    recorder.start(context(device=other))
    named(device, "Tisch 3")
    assert names(other) == [("", "")]


def test_folders_of_foreign_archives_are_not_written(device: Device, archive: Path) -> None:
    folder = old_run(
        archive / "json/2025-11-03/run_1762161300123_a1",
        {"device_id": device.pk, "config_name": "flux2"},
        {},
    )
    index.rebuild()
    before = (folder / "metadata.json").read_bytes()
    assert named(device, "Tisch 3") == 1
    assert (folder / "metadata.json").read_bytes() == before
    assert Run.objects.get().device_name == "Tisch 3"
    index.rebuild()
    assert Run.objects.get().device_name == "Tisch 3"


def test_naming_again_completes_what_was_cut_short(device: Device) -> None:
    first, second = (recorder.start(context(device=device)) for _ in range(2))
    metadata = files.run_folder(second) / "metadata.json"
    kept = metadata.read_bytes()
    metadata.unlink()
    with pytest.raises(ArchiveError):
        files.read_metadata(files.run_folder(second))
    # As after a crash between metadata.json and the row.
    recorder.update_metadata(first, device_name="Tisch 3")
    metadata.write_bytes(kept)
    assert named(device, "Tisch 3") == 2
    assert named(device, "Tisch 3") == 0
    assert names(device) == [("Tisch 3", "Tisch 3")] * 2
