"""A device's name: given later, for the runs that have none, and never over another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from devices.models import Device, Workshop
from runs import archive as files
from runs import index, recorder
from runs.acts import COMMAND_LINE
from runs.models import Act, Run
from runs.naming import (
    NamedMeanwhile,
    NewName,
    devices_naming_runs,
    label_pending_runs,
    name_device,
    name_devices,
)
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
    """Name the device, as the admin does, and its runs, as the worker does; return how many."""
    name_device(device=device, name=name, by=COMMAND_LINE)
    return label_pending_runs()


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


def test_what_a_crash_left_is_completed_by_the_next_call(device: Device) -> None:
    first, _second = (recorder.start(context(device=device)) for _ in range(2))
    name_device(device=device, name="Tisch 3", by=COMMAND_LINE)
    # As after a crash between metadata.json and the row, and before the second.
    recorder.update_metadata(first, device_name="Tisch 3")
    assert names(device) == [("", "Tisch 3"), ("", "")]
    assert label_pending_runs() == 2
    assert label_pending_runs() == 0
    assert names(device) == [("Tisch 3", "Tisch 3")] * 2


def test_whoever_is_to_stop_stops_between_two_runs_and_the_rest_is_done_later(
    device: Device,
) -> None:
    for _number in range(3):
        recorder.start(context(device=device))
    name_device(device=device, name="Tisch 3", by=COMMAND_LINE)
    asked: list[bool] = []

    def is_stopping() -> bool:
        asked.append(True)
        return len(asked) > 2

    assert label_pending_runs(is_stopping=is_stopping) == 2
    assert label_pending_runs() == 1


def test_a_run_that_began_while_its_device_was_named_gets_the_name_too(device: Device) -> None:
    recorder.start(context(device=device))
    late = Device.objects.get(pk=device.pk)
    assert named(device, "Tisch 3") == 1
    recorder.start(context(device=late))
    assert label_pending_runs() == 1
    assert names(device) == [("Tisch 3", "Tisch 3")] * 2


def test_a_folder_that_is_gone_keeps_no_other_run_from_its_name(device: Device) -> None:
    gone, there = (recorder.start(context(device=device)) for _ in range(2))
    (files.run_folder(gone) / "metadata.json").unlink()
    assert named(device, "Tisch 3") == 2
    there.refresh_from_db()
    assert there.device_name == "Tisch 3"
    assert label_pending_runs() == 0


def test_when_nothing_is_to_be_named_one_look_at_an_index_tells(
    device: Device, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    recorder.start(context(device=device))
    named(device, "Tisch 3")
    label_pending_runs()
    with django_assert_num_queries(1):
        assert label_pending_runs() == 0
    if connection.vendor == "sqlite":
        assert "device_naming_runs" in devices_naming_runs().explain()


def test_who_comes_second_is_told_what_the_device_is_called_now(device: Device) -> None:
    name_device(device=device, name="Tisch 3", by=COMMAND_LINE, seen="")
    with pytest.raises(NamedMeanwhile) as refusal:
        name_device(device=device, name="Fenster", by=COMMAND_LINE, seen="")
    assert refusal.value.present == "Tisch 3"
    name_device(device=device, name="Tisch 3", by=COMMAND_LINE, seen="")
    device.refresh_from_db()
    assert device.name == "Tisch 3"


def test_a_class_is_named_by_as_many_queries_as_one_device(device: Device) -> None:
    group = Workshop.objects.create(name="Di 9 Uhr")
    devices = [Device.objects.create(pk=f"tablet-{n}", workshop=group) for n in range(30)]

    def queries(chosen: list[Device]) -> int:
        names = [NewName(Device.objects.get(pk=one.pk), f"Tisch {one.pk}") for one in chosen]
        with CaptureQueriesContext(connection) as captured:
            assert name_devices(names=names, by=COMMAND_LINE) == []
        return len(captured)

    assert queries(devices[:1]) == queries(devices[1:])
    assert Device.objects.filter(name__startswith="Tisch", is_naming_runs=True).count() == 30
    assert Act.objects.filter(verb="name", workshop=group).count() == 30
