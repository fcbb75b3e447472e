"""Rows made from folders: our own exactly as they were, old ones as well as they can be told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from devices.models import Device, Workshop
from runs import archive as files
from runs import index, recorder, verify
from runs.models import Entity, Kind, Run, Status
from runs.tests.recording import context, old_run, picture

pytestmark = pytest.mark.django_db

PNG = picture()
UUID = "3f2b8c1e-0000-4000-8000-0123456789ab"
# The queue's live state is what a rebuild may lose.
_QUEUE = {
    "id",
    "changed_at",
    "queue",
    "lease_owner",
    "lease_until",
    "attempts",
    "cancel_requested",
    "progress",
    "progress_note",
    "workshop_id",
}


def rows() -> list[dict[str, Any]]:
    return [
        {name: value for name, value in values.items() if name not in _QUEUE}
        | {"workshop": run.workshop.name if run.workshop else ""}
        | {"entities": list(run.entities.values(*index._ENTITY_FIELDS))}
        for run in Run.objects.order_by("run_id")
        for values in [Run.objects.filter(pk=run.pk).values().get()]
    ]


def forget_everything() -> None:
    Run.objects.all().delete()
    Device.objects.all().delete()
    Workshop.objects.all().delete()


def test_a_deleted_database_comes_back_equal() -> None:
    workshop = Workshop.objects.create(name="Di 9 Uhr", safety_level="youth")
    device = Device.objects.create(pk=UUID, name="iPad Tisch 3", workshop=workshop)
    ends: list[Callable[[Run], Any]] = [
        recorder.finish,
        lambda run: recorder.fail(run, kind="timeout", message="Noch einmal.", detail="x"),
        lambda run: recorder.block(run, stage=3, reason="violence", message="Anders."),
        recorder.cancel,
        lambda run: recorder.interrupt(run, message="Weg."),
    ]
    for end in ends:
        run = recorder.start(context(device=device, workshop=workshop, status=Status.RUNNING))
        recorder.add(run, type="output_image", data=PNG, extension="png", metadata={"seed": 0})
        end(run)
    interception = context(kind=Kind.INTERCEPTION, texts=(("input", "Haus"),), seed=None)
    recorder.finish(recorder.start(interception))
    before = rows()
    forget_everything()
    report = index.rebuild()
    assert (report.indexed, report.damaged) == (6, [])
    assert rows() == before
    made = Device.objects.get(pk=UUID)
    assert (made.name, made.workshop and made.workshop.name) == ("iPad Tisch 3", "Di 9 Uhr")
    assert made.bound_at is not None
    assert Workshop.objects.get().safety_level == "kids"


_text = st.text(max_size=40)
# No database keeps the character 0.
_storable = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)
_word = st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _storable,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_storable, inner),
    max_leaves=5,
)


@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    kind=st.sampled_from(Kind.values),
    idea=_text,
    rule=_word,
    output=st.just("") | _word,
    seed=st.none() | st.integers(-(2**63) + 1, 2**63 - 1),
    language=st.sampled_from(["de", "en"]),
    parent=_word,
    extra=st.dictionaries(_storable, _json, max_size=3),
)
def test_whatever_was_recorded_is_indexed_as_it_was(
    kind: str,
    idea: str,
    rule: str,
    output: str,
    seed: int | None,
    language: str,
    parent: str,
    extra: dict[str, Any],
) -> None:
    run = recorder.start(
        context(
            kind=kind,
            texts=(("input", idea),),
            interception_config=rule,
            output_config=output,
            seed=seed,
            language=language,
            parent_run_id=parent,
        )
    )
    recorder.add(run, type="output_code", data="draw()", extension="js", metadata=extra)
    recorder.finish(run)
    before = rows()
    Run.objects.all().delete()
    index.rebuild()
    assert [row for row in rows() if row["run_id"] == run.run_id] == before
    shutil.rmtree(files.run_folder(run))
    Run.objects.all().delete()


def test_a_second_rebuild_changes_nothing() -> None:
    recorder.finish(recorder.start(context()))
    old_run(files.runs_root() / UUID, {"schema": "overdrive"}, {"output_image.png": PNG})
    first = index.rebuild()
    changed = list(Run.objects.values_list("changed_at", flat=True))
    second = index.rebuild()
    assert (first.indexed, second.indexed, second.unchanged) == (1, 0, 2)
    assert list(Run.objects.values_list("changed_at", flat=True)) == changed


# Layouts ------------------------------------------------------------------------------------

OLD = {
    "config_name": "flux2",
    "interception_config": "planetarizer",
    "safety_level": "open",
    "device_id": None,
    "user_id": "anonymous",
    "timestamp": "2025-11-03T10:15:00.5",
    "current_state": {"stage": 0, "step": "initialized", "progress": "7/6"},
    "entities": [
        {"sequence": 1, "type": "input", "filename": "01_input.txt", "timestamp": "x"},
        {
            "sequence": 4,
            "type": "output_image",
            "filename": "04_output_image.png",
            "timestamp": "2025-11-03T10:16:00",
            "metadata": {"config": "flux2", "seed": 7, "source_path": "/srv/foreign/x.png"},
        },
    ],
}
OLD_FILES: dict[str, bytes | str] = {"01_input.txt": "Haus", "04_output_image.png": PNG}


@pytest.mark.parametrize(
    ("place", "layout"),
    [
        ("gen_1762161300123_a1b2c3", "L1"),
        (UUID, "L1"),
        ("2025-11-03/run_1762161300123_a1b2c3", "L2"),
        (f"2025-11-03/{UUID}", "L2"),
        ("2025-11-03/legacy_20251110/some_old_name", "L4"),
    ],
)
def test_old_runs_are_found_in_their_places(place: str, layout: str) -> None:
    old_run(files.runs_root() / place, OLD, OLD_FILES)
    report = index.rebuild()
    run = Run.objects.get()
    assert (report.damaged, run.layout, run.status) == ([], layout, Status.COMPLETE)
    assert (run.kind, run.output_config) == (Kind.GENERATION, "flux2")
    assert (run.interception_config, run.seed, run.idea) == ("planetarizer", 7, "Haus")
    # Naive times are those of Berlin.
    assert run.created_at == datetime(2025, 11, 3, 9, 15, 0, 500_000, tzinfo=UTC)
    assert run.device is None
    entity = run.entities.get(type="output_image")
    assert (entity.size, files.entity_path(run, entity.filename).read_bytes()) == (len(PNG), PNG)


@pytest.mark.parametrize(
    ("folder", "device_id"),
    [
        (UUID, UUID),
        (f"{UUID}_2026-02-01", f"{UUID}_2026-02-01"),
        ("dev_0123456789ab", "dev_0123456789ab"),
    ],
)
def test_runs_in_device_folders_keep_their_device(folder: str, device_id: str) -> None:
    metadata = OLD | {
        "prompting_process": [
            {"sequence": 1, "type": "input", "filename": "prompting_process/001_input.txt"}
        ]
    }
    inner = {f"final/{name}": data for name, data in OLD_FILES.items()}
    old_run(
        files.runs_root() / "2026-02-01" / folder / "run_1769940000000_abc",
        metadata,
        inner | {"prompting_process/001_input.txt": "erste Idee"},
    )
    index.rebuild()
    run = Run.objects.get()
    assert (run.layout, run.device_id, run.status) == ("L3", device_id, Status.COMPLETE)
    assert run.idea == "Haus"
    # Still free for the client that has this id.
    assert Device.objects.get().bound_at is None
    names = {entity.filename: entity.type for entity in run.entities.all()}
    assert names == {
        "01_input.txt": "input",
        "04_output_image.png": "output_image",
        "prompting_process/001_input.txt": "prompting_process",
    }
    assert all(files.entity_path(run, name).is_file() for name in names)


def test_the_oldest_layout_is_read_without_a_list_of_files() -> None:
    old_run(
        files.runs_root() / UUID,
        {"schema": "overdrive", "outputs": ["output_image.png"]},
        {"input_text.txt": "Haus", "transformed_text.txt": "HAUS", "output_image.png": PNG},
    )
    index.rebuild()
    run = Run.objects.get()
    assert (run.layout, run.interception_config, run.idea) == ("L0", "overdrive", "Haus")
    assert {entity.type for entity in run.entities.all()} == {
        "input",
        "interception",
        "output_image",
    }


def test_lettered_files_and_unlisted_media_are_taken_by_their_names() -> None:
    old_run(
        files.runs_root() / "2026-01-20/run_1768900000000_abc",
        {"config_name": "flux2", "entities": [{"type": "input", "filename": "A_input.txt"}]},
        {"A_input.txt": "Haus", "Z1_output_image.png": PNG, "01_config_used.json": "{}"},
    )
    index.rebuild()
    run = Run.objects.get()
    assert run.status == Status.COMPLETE
    assert {entity.filename for entity in run.entities.all()} == {
        "A_input.txt",
        "Z1_output_image.png",
    }


@pytest.mark.parametrize(
    ("metadata", "present", "expected"),
    [
        (OLD, {"01_input.txt": "x"}, (Kind.GENERATION, Status.INTERRUPTED)),
        (OLD, {"01_input.txt": "x", "05_error.txt": "x"}, (Kind.GENERATION, Status.FAILED)),
        (
            {"config_name": "bauhaus"},
            {"01_input.txt": "x", "02_interception.txt": "y"},
            (Kind.INTERCEPTION, Status.COMPLETE),
        ),
        (
            {"config_name": "bauhaus"},
            {"01_input.txt": "x"},
            (Kind.INTERCEPTION, Status.INTERRUPTED),
        ),
        ({}, {}, (Kind.GENERATION, Status.INTERRUPTED)),
    ],
)
def test_how_an_old_run_ended_is_told_by_its_files(
    metadata: dict[str, Any], present: dict[str, bytes | str], expected: tuple[str, str]
) -> None:
    old_run(files.runs_root() / "2025-11-03/run_1762161300123_a1", metadata, present)
    index.rebuild()
    run = Run.objects.get()
    assert (run.kind, run.status) == expected


@pytest.mark.parametrize("broken", [None, b"", b"{", b"[]", b"\xff\xfe\x00"])
def test_a_damaged_run_stays_visible_and_is_named(broken: bytes | None) -> None:
    old_run(files.runs_root() / "2025-11-03/run_1762161300123_a1", broken, OLD_FILES)
    recorder.finish(recorder.start(context()))
    report = index.rebuild()
    ((folder, reason),) = report.damaged
    assert folder == "json/2025-11-03/run_1762161300123_a1"
    run = Run.objects.get(status=Status.DAMAGED)
    assert run.error_message == reason
    assert "metadata.json" in reason
    # What lies there can still be fetched.
    assert run.entities.filter(type="output_image").exists()
    with pytest.raises(CommandError):
        call_command("index_runs")


@pytest.mark.parametrize(
    "strange",
    [
        {"entities": "none", "timestamp": 5, "seed": "x", "device_id": ["x"], "error": "boom"},
        {
            "entities": [
                None,
                {"filename": 3},
                {"filename": "../../../etc/passwd", "type": "input"},
                {"filename": "/etc/passwd", "type": "input"},
            ]
        },
        {"entities": {"01_input": {"sequence": -1}, "x": None}, "timestamp": "0001-01-01"},
        {"config_name": {"a": 1}, "safety_level": None, "seed": 2**70, "status": "queued"},
        {"schema_version": 1, "status": "queued?", "entities": [{"filename": "01_input.txt"}]},
        {"device_name": "\ud83d half \0", "config_name": "\0"},
    ],
)
def test_strange_metadata_is_never_fatal_and_never_followed(strange: dict[str, Any]) -> None:
    old_run(files.runs_root() / "2025-11-03/run_1762161300123_a1", strange, OLD_FILES)
    report = index.rebuild()
    assert (report.indexed, report.damaged) == (1, [])
    assert not Entity.objects.filter(filename__contains="passwd").exists()
    assert "root" not in Run.objects.get().idea


def test_what_is_no_run_is_ignored_without_noise() -> None:
    root = files.runs_root()
    run = recorder.start(context())
    recorder.finish(run)
    (root / "favorites.json").write_text("[]")
    (root / "chat_history.json").write_text("[]")
    (root / "2026-01-17" / UUID).mkdir(parents=True)
    (root / "2026-01-17" / UUID / "01_config_used.json").write_text("{}")
    (root / "pipeline_runs").mkdir()
    (root / "pipeline_runs" / "exec_20251103_101500_abc.json").write_text("{}")
    (root / ".tmp" / "run_1768900000000_half").mkdir()
    (root / "2026-01-17" / "run_1768900000000_link").symlink_to(files.run_folder(run))
    report = index.rebuild()
    assert (report.indexed, report.unchanged, report.damaged) == (0, 1, [])


def test_a_symbolic_link_inside_a_run_is_not_read(archive: Path) -> None:
    (archive.parent / "secret.txt").write_text("secret")
    folder = old_run(files.runs_root() / "2025-11-03/run_1762161300123_a1", OLD, {})
    (folder / "01_input.txt").symlink_to(archive.parent / "secret.txt")
    index.rebuild()
    assert Run.objects.get().idea == ""


def test_reading_changes_nothing_on_the_disk(archive: Path) -> None:
    folder = old_run(files.runs_root() / UUID, OLD, OLD_FILES)
    before = {path: path.stat() for path in archive.rglob("*")}
    index.rebuild()
    call_command("index_runs", "--verify", "--repair")
    after = {path: path.stat() for path in archive.rglob("*")}
    assert folder in before
    assert {path: stat.st_mtime_ns for path, stat in after.items()} == {
        path: stat.st_mtime_ns for path, stat in before.items()
    }


# Live runs and what is gone -------------------------------------------------------------------


def test_a_live_row_is_left_alone() -> None:
    run = recorder.start(context())
    Run.objects.filter(pk=run.pk).update(status=Status.RUNNING, lease_owner="worker")
    before = Run.objects.values().get()
    report = index.rebuild()
    assert report.live == 1
    assert Run.objects.values().get() == before


def test_a_run_that_is_just_being_recorded_is_not_taken_for_lost() -> None:
    run = recorder.start(context())
    folder = files.run_folder(run)
    Run.objects.all().delete()
    with files.locked(folder):
        assert index.rebuild().live == 1
        assert not Run.objects.exists()
    assert index.rebuild().abandoned == [run.folder]
    assert Run.objects.get().status == Status.INTERRUPTED
    assert files.read_metadata(folder)["status"] == "queued"
    call_command("index_runs", "--repair")
    assert files.read_metadata(folder)["status"] == "interrupted"


def test_a_row_whose_folder_is_gone_is_reported_and_kept() -> None:
    run = recorder.start(context())
    recorder.finish(run)
    shutil.rmtree(files.run_folder(run))
    assert index.rebuild().vanished == [run.folder]
    assert Run.objects.filter(pk=run.pk).exists()


def test_a_folder_that_moved_keeps_its_row() -> None:
    run = recorder.start(context())
    recorder.finish(run)
    target = files.runs_root() / "2026-01-01" / run.run_id
    target.parent.mkdir()
    files.run_folder(run).rename(target)
    index.rebuild()
    moved = Run.objects.get()
    assert (moved.pk, moved.folder) == (run.pk, f"json/2026-01-01/{run.run_id}")


def test_two_old_runs_of_one_name_are_both_kept() -> None:
    for day in ("2025-11-03", "2025-11-04"):
        old_run(files.runs_root() / day / "legacy_20251110" / "some_old_name", OLD, OLD_FILES)
    for _ in range(2):
        index.rebuild()
        assert Run.objects.count() == 2
    assert Run.objects.get(run_id="some_old_name").folder.startswith("json/2025-11-03/")


def test_a_dry_run_writes_no_rows() -> None:
    old_run(files.runs_root() / UUID, OLD, OLD_FILES)
    assert index.rebuild(dry_run=True).indexed == 1
    assert not Run.objects.exists()


def test_verifying_finds_what_was_changed_behind_our_back() -> None:
    changed, cut, gone = (recorder.start(context()) for _ in range(3))
    for run in (changed, cut, gone):
        recorder.finish(run)
    assert list(verify.find_faults()) == []
    (files.run_folder(changed) / "03_optimized_prompt.txt").write_text("A nest by the sea")
    (files.run_folder(cut) / "02_interception.txt").write_text("Ein")
    (files.run_folder(gone) / "01_input.txt").unlink()
    faults = dict(verify.find_faults())
    assert "SHA-256" in faults[changed.folder]
    assert "3 bytes" in faults[cut.folder]
    assert "01_input.txt" in faults[gone.folder]
    with pytest.raises(CommandError):
        call_command("index_runs", "--verify")


def test_finding_a_run_is_one_query(django_assert_num_queries: Any) -> None:
    recorder.start(context())
    run_id = recorder.start(context()).run_id
    with django_assert_num_queries(1):
        assert Run.objects.get(run_id=run_id).run_id == run_id
