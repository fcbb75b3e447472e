"""Who wrote what, kept in the folders: beside the texts, through crashes, moves and exports."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from runs import archive, index, recorder
from runs.alignment import Authorship
from runs.authorship import authorship_of
from runs.export.zipped import zip_chunks
from runs.healing import reconcile, repair
from runs.models import Entity, Kind, Run, Status
from runs.tests.crashing import killed_before_naming
from runs.tests.making import begin, made
from runs.tests.recording import old_run
from runs.verify import find_faults

pytestmark = pytest.mark.django_db

IDEA = "Ein kleiner Drache schläft"
RULED = "Ein großer Drache schläft laut"
SENT = "Ein großer Drache schläft ganz laut"
FITTED = "Photo of ein großer Drache schläft ganz laut"


def kept(run: Run) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(archive.read_bytes(run, "authorship.json"))
    return data


def metadata_of(run: Run) -> dict[str, Any]:
    return archive.read_metadata(archive.run_folder(run))


def authors(authorship: Authorship | None) -> list[tuple[str, str]]:
    assert authorship is not None
    return [(words, author) for words, author in authorship.pieces() if author]


def rewriting(**changes: Any) -> Run:
    return begin(kind=Kind.INTERCEPTION, texts=(("input", IDEA),), **changes)


def rewritten(text: str = RULED) -> Run:
    run = rewriting()
    recorder.add(run, type="interception", data=text, extension="txt")
    recorder.finish(run)
    return run


def optimized(parent: Run, text: str = FITTED, sent: str = SENT) -> Run:
    run = begin(
        kind=Kind.OPTIMIZATION, parent_run_id=parent.run_id, texts=(("interception", sent),)
    )
    recorder.add(run, type="optimized_prompt", data=text, extension="txt")
    recorder.finish(run)
    return run


def pictured(parent: Run, *, sent: str = SENT, final: str = SENT) -> Run:
    texts = (("input", IDEA), ("interception", sent), ("optimized_prompt", final))
    return made(parent_run_id=parent.run_id, texts=texts)


def test_a_picture_begins_with_who_wrote_its_text_beside_the_numbered_files() -> None:
    run = begin(texts=(("input", IDEA), ("interception", RULED), ("optimized_prompt", RULED)))
    content = archive.read_bytes(run, "authorship.json")
    record = metadata_of(run)["authorship"]
    assert record["size"] == len(content)
    assert record["sha256"] == hashlib.sha256(content).hexdigest()
    assert record["shares"] == kept(run)["shares"] == Run.objects.get().shares
    listed = [item["filename"] for item in metadata_of(run)["entities"]]
    assert listed == ["01_input.txt", "02_interception.txt", "03_optimized_prompt.txt"]
    assert metadata_of(run)["current_state"]["progress"] == "3/4"


def test_a_rewriting_tells_it_with_its_text_and_not_before() -> None:
    run = rewriting()
    assert not (archive.run_folder(run) / "authorship.json").exists()
    recorder.add(run, type="translation", data="a station", extension="txt")
    assert Run.objects.get().shares == {}
    recorder.add(run, type="interception", data=RULED, extension="txt")
    assert Run.objects.get().shares == {"mine": 0.6, "rule": 0.4}
    assert kept(run)["text"] == RULED
    entity = recorder.add(run, type="output_code", data="x", extension="js")
    assert entity.filename == "04_output_code.js"


def test_the_way_from_the_idea_to_the_fitted_text_names_each_author() -> None:
    parent = rewritten()
    optimization = optimized(parent)
    expected = [
        ("Photo of", "fitting"),
        ("ein", "mine"),
        ("großer", "rule"),
        ("Drache schläft", "mine"),
        ("ganz", "edit"),
        ("laut", "rule"),
    ]
    assert authors(authorship_of(optimization)) == expected
    assert authors(authorship_of(pictured(parent, final=FITTED))) == expected


def test_what_the_participant_changes_in_the_fitted_text_is_theirs() -> None:
    parent = rewritten()
    optimized(parent)
    run = pictured(parent, final=FITTED + " heute")
    assert authors(authorship_of(run))[-1] == ("heute", "edit")
    assert authors(authorship_of(run))[0] == ("Photo of", "fitting")


def test_a_fitting_of_another_text_has_no_part_in_this_one() -> None:
    parent = rewritten()
    optimized(parent, sent="etwas anderes")
    run = pictured(parent, final=FITTED)
    assert authors(authorship_of(run))[0] == ("Photo of", "edit")


def test_what_is_kept_is_told_and_not_traced_again() -> None:
    run = pictured(rewritten())
    before = authorship_of(run)
    Run.objects.filter(kind=Kind.INTERCEPTION).update(interception_config="another")
    assert authorship_of(Run.objects.get(pk=run.pk)) == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"version": 2, "text": "", "spans": [], "shares": {}}',
        b'{"version": 1, "text": "a", "spans": [{"start": 0, "end": 2, "author": "mine"}]}',
        b'{"version": 1,"text": "a", "shares": {}, "spans": [{"start": 0, "end": 1, "author": 1}]}',
        b'{"version": 1, "text": "a", "shares": {}, "spans": [{"start": "0", "end": 1}]}',
    ],
)
def test_a_damaged_file_is_not_believed(content: bytes) -> None:
    run = pictured(rewritten())
    before = authorship_of(run)
    (archive.run_folder(run) / "authorship.json").write_bytes(content)
    assert authorship_of(run) == before


def test_a_rebuild_from_the_files_gives_the_same_shares() -> None:
    parent = rewritten()
    optimized(parent)
    pictured(parent, final=FITTED)
    before = dict(Run.objects.values_list("run_id", "shares"))
    assert all(before.values())
    Entity.objects.all().delete()
    Run.objects.all().delete()
    assert not index.rebuild().damaged
    assert dict(Run.objects.values_list("run_id", "shares")) == before
    assert index.rebuild().unchanged == 3


def test_a_rebuild_takes_over_shares_that_the_rows_lack() -> None:
    run = pictured(rewritten())
    Run.objects.update(shares={})
    index.rebuild()
    assert Run.objects.get(pk=run.pk).shares == run.shares


@pytest.mark.parametrize("before", ["authorship.json", "metadata.json"])
def test_killed_before_it_was_told_who_wrote_what_it_is_told_later(before: str) -> None:
    whole = rewritten()
    run = rewriting(status=Status.RUNNING)
    folder = archive.run_folder(run)
    with killed_before_naming(before):
        recorder.add(run, type="interception", data=RULED, extension="txt")
    reconcile(run)
    again = folder.stat().st_mtime_ns
    reconcile(run)
    assert folder.stat().st_mtime_ns == again
    assert kept(run) == kept(whole)
    assert Run.objects.get(pk=run.pk).shares == whole.shares
    recorder.finish(run)
    assert list(find_faults()) == []


def test_killed_before_its_row_it_is_taken_over_from_the_folder() -> None:
    run = rewritten()
    run.entities.filter(type="interception").delete()
    Run.objects.update(shares={})
    list(repair())
    assert Run.objects.get().shares == run.shares


def test_runs_from_before_stay_as_they_are() -> None:
    run = rewritten()
    folder = archive.run_folder(run)
    (folder / "authorship.json").unlink()
    archive.write_metadata(
        folder, {key: value for key, value in metadata_of(run).items() if key != "authorship"}
    )
    index.rebuild()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    run = Run.objects.get()
    assert run.shares == {}
    assert list(find_faults()) == []
    list(repair())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert authors(authorship_of(run))[1] == ("großer", "rule")


def test_a_foreign_folder_is_never_believed_about_shares(archive: Path) -> None:
    record = {"filename": "../../secret", "size": 1, "sha256": "0", "shares": {"mine": 1.0}}
    old_run(
        archive / "json" / "2026-01-17" / "run_1768652106123_a1b2c3",
        {"run_id": "run_1768652106123_a1b2c3", "authorship": record},
        {"01_input.txt": IDEA},
    )
    index.rebuild()
    assert Run.objects.get().shares == {}
    assert list(find_faults()) == []


@pytest.mark.parametrize("content", [None, b"{}"])
def test_a_file_that_is_gone_or_another_is_found_and_named_in_an_export(
    content: bytes | None,
) -> None:
    run = pictured(rewritten())
    path = archive.run_folder(run) / "authorship.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    ((folder, fault),) = find_faults()
    assert folder == run.folder
    assert "authorship.json" in fault
    content_of_zip = b"".join(zip_chunks(Run.objects.all()))
    with zipfile.ZipFile(io.BytesIO(content_of_zip)) as exported:
        problems = exported.read("PROBLEMS.txt").decode().splitlines()
    assert problems == [
        f"{run.run_id}: {'missing' if content is None else 'changed'}: authorship.json"
    ]
