"""Recording a run: what lies on the disk and in the rows after every step."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from devices.models import Device, Workshop
from runs import archive as files
from runs import recorder
from runs.archive import ArchiveError
from runs.healing import reconcile
from runs.metadata import StartFile
from runs.models import Entity, Kind, Run, Status
from runs.recorder import LeaseLost
from runs.tests.recording import context, picture

pytestmark = pytest.mark.django_db


def metadata_of(run: Run) -> dict[str, Any]:
    return files.read_metadata(files.run_folder(run))


def test_a_run_may_begin_with_pictures_after_its_texts() -> None:
    photograph = picture("JPEG")
    run = recorder.start(
        context(
            files=(
                StartFile(
                    type="input_image", data=photograph, extension="jpg", metadata={"width": 64}
                ),
            )
        )
    )
    entity = run.entities.get(type="input_image")
    assert (entity.filename, entity.sequence) == ("04_input_image.jpg", 4)
    assert entity.sha256 == hashlib.sha256(photograph).hexdigest()
    assert (entity.content_type, entity.metadata) == ("image/jpeg", {"width": 64})
    assert files.read_bytes(run, entity.filename) == photograph
    assert metadata_of(run)["entities"][3]["sha256"] == entity.sha256
    added = recorder.add(run, type="output_image", data=picture(), extension="png")
    assert added.filename == "05_output_image.png"


def test_a_new_run_lies_complete_in_the_folder_of_its_day(archive: Path) -> None:
    workshop = Workshop.objects.create(name="Di 9 Uhr")
    device = Device.objects.create(pk="a1b2c3d4-0000", name="iPad Tisch 3", workshop=workshop)
    run = recorder.start(context(device=device, workshop=workshop, details={"model": "flux.2"}))
    folder = archive / "json" / f"{run.day:%Y-%m-%d}" / run.run_id
    assert sorted(path.name for path in folder.iterdir()) == [
        "01_input.txt",
        "02_interception.txt",
        "03_optimized_prompt.txt",
        "authorship.json",
        "metadata.json",
    ]
    assert (folder / "01_input.txt").read_bytes() == "Ein Haus\r\nam Meer ☀\n".encode()
    metadata = metadata_of(run)
    assert list(metadata)[:12] == [
        "run_id",
        "timestamp",
        "config_name",
        "interception_config",
        "execution_mode",
        "safety_level",
        "user_id",
        "device_id",
        "device_name",
        "expected_outputs",
        "current_state",
        "entities",
    ]
    assert metadata["config_name"] == "flux2" and metadata["user_id"] == "anonymous"
    assert (metadata["device_name"], metadata["workshop"]) == ("iPad Tisch 3", "Di 9 Uhr")
    assert (metadata["seed"], metadata["model"]) == (0, "flux.2")
    assert metadata["current_state"] == {"stage": 0, "step": "initialized", "progress": "3/4"}
    assert metadata["timestamp"][-6:] in {"+01:00", "+02:00"}
    assert run.idea == "Ein Haus\r\nam Meer ☀\n"
    assert not list((archive / "json" / ".tmp").iterdir())


def test_an_interception_bears_its_rule_as_config_name() -> None:
    run = recorder.start(context(kind=Kind.INTERCEPTION, status=Status.RUNNING))
    assert metadata_of(run)["config_name"] == "planetarizer"
    assert run.started_at == run.created_at


def test_a_picture_is_stored_as_it_came_with_size_and_checksum() -> None:
    run = recorder.start(context())
    data = picture()
    entity = recorder.add(
        run, type="output_image", data=data, extension="png", metadata={"seed": 0, "role": "x"}
    )
    assert recorder.finish(run)
    stored = files.entity_path(run, "04_output_image.png").read_bytes()
    assert stored == data
    item = metadata_of(run)["entities"][3]
    assert item["sequence"] == entity.sequence == 4
    assert item["size"] == entity.size == len(data)
    assert item["sha256"] == entity.sha256 == hashlib.sha256(data).hexdigest()
    assert entity.content_type == "image/png"
    metadata = metadata_of(run)
    assert metadata["current_state"] == {"stage": 5, "step": "complete", "progress": "4/4"}
    assert metadata["status"] == "complete" and metadata["finished_at"]
    run.refresh_from_db()
    assert (run.status, run.progress) == (Status.COMPLETE, 1)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_picture_cut_short_is_refused_and_nothing_is_listed(format: str) -> None:
    run = recorder.start(context())
    before = metadata_of(run)
    extension = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}[format]
    for broken in (picture(format)[:-200], b"<html>busy</html>", b""):
        with pytest.raises(ArchiveError) as caught:
            recorder.add(run, type="output_image", data=broken, extension=extension)
        assert caught.value.kind == files.DAMAGED
    assert metadata_of(run) == before
    assert run.entities.count() == 3
    recorder.add(run, type="output_image", data=picture(format), extension=extension)


def test_a_picture_of_another_format_than_said_is_refused() -> None:
    run = recorder.start(context())
    with pytest.raises(ArchiveError):
        recorder.add(run, type="output_image", data=picture("JPEG"), extension="png")


END = {
    "finish": lambda run: recorder.finish(run),
    "fail": lambda run: recorder.fail(run, kind="timeout", message="Zu lang.", detail="90 s"),
    "block": lambda run: recorder.block(run, stage=3, reason="violence", message="Nein."),
    "cancel": lambda run: recorder.cancel(run),
    "interrupt": lambda run: recorder.interrupt(run, message="Weg."),
}


@pytest.mark.parametrize("loser", END)
@pytest.mark.parametrize("winner", END)
def test_the_second_end_of_a_run_changes_nothing(winner: str, loser: str) -> None:
    run = recorder.start(context(status=Status.RUNNING))
    other = Run.objects.get(pk=run.pk)
    assert END[winner](run)
    metadata = (files.run_folder(run) / "metadata.json").read_bytes()
    row = Run.objects.filter(pk=run.pk).values().get()
    assert not END[loser](other)
    assert (files.run_folder(run) / "metadata.json").read_bytes() == metadata
    assert Run.objects.filter(pk=run.pk).values().get() == row


def test_an_ended_run_takes_no_more_files_or_steps() -> None:
    run = recorder.start(context())
    recorder.cancel(run)
    listing = sorted(path.name for path in files.run_folder(run).iterdir())
    with pytest.raises(LeaseLost):
        recorder.add(run, type="output_image", data=picture(), extension="png")
    with pytest.raises(LeaseLost):
        recorder.advance(run, stage=4, step="generation")
    assert sorted(path.name for path in files.run_folder(run).iterdir()) == listing


def test_a_worker_that_lost_its_lease_writes_nothing_more() -> None:
    run = recorder.start(context(status=Status.RUNNING))
    Run.objects.filter(pk=run.pk).update(lease_owner="new")
    before = metadata_of(run)
    for write in (
        lambda: recorder.add(run, type="code", data="x", extension="js", owner="old"),
        lambda: recorder.advance(run, stage=4, step="generation", owner="old"),
        lambda: recorder.finish(run, owner="old"),
        lambda: recorder.fail(run, kind="lost", message="", owner="old"),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert metadata_of(run) == before
    recorder.add(run, type="output_code", data="x", extension="js", owner="new")
    assert recorder.finish(run, owner="new")


def test_why_a_run_failed_stands_in_its_folder_and_its_row() -> None:
    run = recorder.start(context())
    assert recorder.block(run, stage=3, reason="violence", message="Schreib es anders.")
    assert metadata_of(run)["error"] == {
        "kind": "violence",
        "message": "Schreib es anders.",
        "stage": 3,
    }
    run.refresh_from_db()
    assert (run.status, run.error_kind) == (Status.BLOCKED, "violence")
    failed = recorder.start(context())
    recorder.fail(failed, kind="timeout", message="Noch einmal.", detail="read timed out")
    assert metadata_of(failed)["error"]["detail"] == "read timed out"


def test_every_change_of_a_row_moves_changed_at() -> None:
    run = recorder.start(context())
    seen = [run.changed_at]
    recorder.advance(run, stage=4, step="generation")
    seen.append(Run.objects.get(pk=run.pk).changed_at)
    recorder.add(run, type="output_image", data=picture(), extension="png")
    seen.append(Run.objects.get(pk=run.pk).changed_at)
    recorder.finish(run)
    seen.append(Run.objects.get(pk=run.pk).changed_at)
    assert seen == sorted(set(seen))


def test_a_file_that_a_crash_left_unlisted_is_never_overwritten() -> None:
    run = recorder.start(context())
    left = files.run_folder(run) / "04_output_image.png"
    left.write_bytes(b"left")
    added = recorder.add(run, type="output_image", data=picture(), extension="png")
    assert added.sequence == 5
    assert left.read_bytes() == b"left"


def test_a_row_follows_a_folder_that_ended_before_the_crash() -> None:
    run = recorder.start(context(status=Status.RUNNING))
    recorder.finish(run)
    Run.objects.filter(pk=run.pk).update(status=Status.RUNNING, finished_at=None)
    assert not recorder.interrupt(run, message="Weg.")
    run.refresh_from_db()
    assert run.status == Status.COMPLETE
    assert run.finished_at is not None
    assert metadata_of(run)["status"] == "complete"


def test_amend_keeps_everything_else() -> None:
    run = recorder.start(context())
    before = metadata_of(run)
    recorder.update_metadata(run, device_name="Tisch 5")
    assert metadata_of(run) == before | {"device_name": "Tisch 5"}
    assert json.loads((files.run_folder(run) / "metadata.json").read_text()) == metadata_of(run)


@pytest.mark.parametrize(
    ("type_", "extension"), [("../x", "txt"), ("output image", "png"), ("x", "../../sh"), ("", "")]
)
def test_a_files_name_is_made_from_checked_parts(type_: str, extension: str) -> None:
    run = recorder.start(context())
    with pytest.raises(ArchiveError):
        recorder.add(run, type=type_, data="x", extension=extension)
    assert run.entities.count() == 3


def test_what_a_database_cannot_keep_stays_in_the_file() -> None:
    run = recorder.start(context())
    odd = {"chunk": "a\0b", "half\ud800": ["x\0", {"deep\0": "\udc00"}]}
    added = recorder.add(run, type="output_code", data="x", extension="js", metadata=odd)
    kept = {"chunk": "ab", "half?": ["x", {"deep": "?"}]}
    assert Entity.objects.get(pk=added.pk).metadata == kept
    run.entities.filter(pk=added.pk).delete()
    reconcile(run)
    assert run.entities.get(type="output_code").metadata == kept
    recorder.fail(run, kind="bad_response", message="Noch\0 einmal.")
    run.refresh_from_db()
    assert run.error_message == "Noch einmal."
