"""Who did what: rights, rows, and the files from which the rows can be made again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from devices.models import Device, Workshop
from runs import act_index, archive, index, verify
from runs.act_files import FILENAME, read_files
from runs.acts import COMMAND_LINE, Actor, Verb, new_act, record
from runs.archive import ArchiveError
from runs.cancelling import request_cancel
from runs.changing import change_workshop, create_workshop
from runs.exporting import export_runs
from runs.models import Act, Run
from runs.moving import move_devices
from runs.naming import name_device
from runs.pausing import continue_workshop, pause_workshop
from runs.releasing import release, take_back
from runs.sharing import end_links
from runs.tests.making import begin, browser_of, made, staff, staff_browser, workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Workshop:
    return workshop("Di 9 Uhr")


@pytest.fixture
def device(group: Workshop) -> Device:
    return Device.objects.create(pk="device-mine", name="Tisch 3", workshop=group)


@pytest.fixture
def work(device: Device) -> Run:
    return made(device)


def acts_file() -> Path:
    return archive.runs_root() / timezone.localdate().isoformat() / FILENAME


def state() -> list[Any]:
    """Return all that acts can change."""
    return [list(model.objects.order_by("pk").values()) for model in (Workshop, Device, Run)]


def change(group: Workshop, by: Actor) -> None:
    group.safety_level = "youth"
    change_workshop(workshop=group, fields=["safety_level"], by=by)


Deed = Callable[[Actor, Device, Run, Workshop], Any]
# What each service does, the verb of its act, the rights for it, and on what it is done.
DEEDS: dict[Verb, tuple[Deed, tuple[str, ...], str]] = {
    Verb.RELEASE: (lambda by, d, run, w: release(run=run, by=by), ("release_run",), "run"),
    Verb.STOP: (lambda by, d, r, w: request_cancel(begin(), by=by), ("cancel_run",), "run"),
    Verb.END_LINKS: (
        lambda by, d, r, group: end_links(workshop=group, by=by),
        ("change_workshop",),
        "workshop",
    ),
    Verb.PAUSE: (
        lambda by, d, r, group: pause_workshop(workshop=group, by=by, message="Bis gleich!"),
        ("change_workshop",),
        "workshop",
    ),
    Verb.NAME: (
        lambda by, device, r, w: name_device(device=device, name="Tisch 4", by=by),
        ("change_device",),
        "device",
    ),
    Verb.MOVE: (
        lambda by, device, r, w: move_devices(devices=[device], workshop=None, by=by),
        ("change_device",),
        "device",
    ),
    Verb.CREATE_WORKSHOP: (
        lambda by, d, r, w: create_workshop(workshop=Workshop(name="Mi 9 Uhr"), by=by),
        ("add_workshop",),
        "workshop",
    ),
    Verb.CHANGE_WORKSHOP: (
        lambda by, d, r, group: change(group, by),
        ("change_workshop",),
        "workshop",
    ),
    Verb.EXPORT: (
        lambda by, d, r, w: export_runs(Run.objects.all(), by=by, selection={"day": ["today"]}),
        ("view_run", "export_run"),
        "",
    ),
}


@pytest.mark.parametrize("verb", DEEDS)
def test_who_may_do_it_is_recorded(verb: Verb, device: Device, work: Run, group: Workshop) -> None:
    deed, rights, kind = DEEDS[verb]
    by = staff(*rights)
    begun = timezone.now()
    deed(by, device, work, group)
    act = Act.objects.get()
    assert (act.verb, act.actor_name, act.user) == (verb, "forscherin", by)
    assert begun <= act.at <= timezone.now()
    assert act.target_kind == kind
    assert act.undone_by is None


@pytest.mark.parametrize("verb", DEEDS)
def test_without_the_right_nothing_changes_and_nothing_is_recorded(
    verb: Verb, device: Device, work: Run, group: Workshop
) -> None:
    deed, rights, _kind = DEEDS[verb]
    before = state()
    for by in (staff(*rights[:-1], "view_workshop"), AnonymousUser(), Device(pk="device-other")):
        with pytest.raises(PermissionDenied), transaction.atomic():
            deed(by, device, work, group)
    assert state() == before
    assert not Act.objects.exists()


def test_a_right_of_an_account_that_was_closed_counts_no_more(group: Workshop) -> None:
    by = staff("change_workshop")
    by.is_active = False
    with pytest.raises(PermissionDenied):
        pause_workshop(workshop=group, by=by)


def test_a_device_stops_its_own_run_and_no_other(device: Device) -> None:
    own, other = begin(device), begin()
    assert request_cancel(own, by=device)
    with pytest.raises(PermissionDenied):
        request_cancel(other, by=device)
    act = Act.objects.get()
    assert (act.actor_kind, act.actor_key, act.actor_name) == ("device", device.pk, "Tisch 3")
    assert (act.run, act.workshop) == (own, device.workshop)


def test_what_changes_nothing_is_no_act(work: Run, device: Device, group: Workshop) -> None:
    take_back(run=work, by=COMMAND_LINE)
    continue_workshop(workshop=group, by=COMMAND_LINE)
    name_device(device=device, name="Tisch 3", by=COMMAND_LINE)
    move_devices(devices=[device], workshop=group, by=COMMAND_LINE)
    change_workshop(workshop=group, fields=["safety_level", "name"], by=COMMAND_LINE)
    assert not request_cancel(work, by=COMMAND_LINE)
    assert not Act.objects.exists()
    running = begin(device)
    for _tap in range(2):
        request_cancel(running, by=device)
        pause_workshop(workshop=group, by=COMMAND_LINE)
        release(run=work, by=COMMAND_LINE)
    assert Act.objects.count() == 3


def test_an_act_says_from_what_to_what(device: Device, group: Workshop) -> None:
    change(group, COMMAND_LINE)
    name_device(device=device, name="  Fenster  ", by=COMMAND_LINE)
    move_devices(devices=[device], workshop=workshop("Mi 9 Uhr"), by=COMMAND_LINE)
    moved, named, changed = Act.objects.newest_first()
    assert changed.details == {"changes": {"safety_level": {"before": "kids", "after": "youth"}}}
    assert named.details == {"before": "Tisch 3", "after": "Fenster"}
    assert moved.details == {"before": "Di 9 Uhr", "after": "Mi 9 Uhr"}


def test_a_workshop_s_fields_that_another_has_changed_meanwhile_stay(group: Workshop) -> None:
    old = Workshop.objects.get(pk=group.pk)
    pause_workshop(workshop=group, by=COMMAND_LINE)
    change(old, COMMAND_LINE)
    group.refresh_from_db()
    assert (group.safety_level, group.paused) == ("youth", True)


def test_what_is_undone_says_by_which_act(work: Run, group: Workshop) -> None:
    other = made(work.device)
    release(run=other, by=COMMAND_LINE)
    for _time in range(2):
        release(run=work, by=COMMAND_LINE)
        take_back(run=work, by=COMMAND_LINE)
        pause_workshop(workshop=group, by=COMMAND_LINE)
        continue_workshop(workshop=group, by=COMMAND_LINE)
    acts = list(Act.objects.order_by("pk"))
    assert [act.verb for act in acts if act.undone_by] == ["release", "pause"] * 2
    for undone in (act for act in acts if act.undone_by):
        assert undone.undone_by == acts[acts.index(undone) + 1]
    assert Act.objects.get(run=other).undone_by is None


def test_an_account_that_is_deleted_leaves_its_name(work: Run) -> None:
    by = staff("release_run")
    release(run=work, by=by)
    by.delete()
    act = Act.objects.get()
    assert (act.user, act.actor_name) == (None, "forscherin")


# Files ---------------------------------------------------------------------------------------


def rows() -> list[dict[str, Any]]:
    """Return all acts without their numbers, with the ids of those that undid them."""
    return [
        {name: value for name, value in act.items() if name not in ("id", "undone_by_id")}
        for act in Act.objects.order_by("act_id").values(
            *(field.attname for field in Act._meta.concrete_fields), "undone_by__act_id"
        )
    ]


@pytest.mark.django_db(transaction=True)
def test_rows_come_back_from_the_files_exactly_once(
    work: Run, device: Device, group: Workshop
) -> None:
    by = staff("release_run", "change_workshop")
    release(run=work, by=by)
    pause_workshop(workshop=group, by=by, message="Wir essen jetzt: Ä\nund Ö “…”")
    continue_workshop(workshop=group, by=COMMAND_LINE)
    request_cancel(begin(device), by=device)
    name_device(device=device, name="Fenster", by=COMMAND_LINE)
    export_runs(Run.objects.all(), by=COMMAND_LINE, selection={})
    take_back(run=work, by=by)
    before = rows()
    assert len(before) == 7
    Act.objects.all().delete()
    assert index.rebuild(dry_run=True).acts.indexed == 7
    assert not Act.objects.exists()
    assert index.rebuild().acts.indexed == 7
    assert rows() == before
    again = index.rebuild()
    assert (again.acts.indexed, again.acts.unchanged, again.damaged) == (0, 7, [])
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_a_database_that_knows_nothing_learns_all_that_the_files_know(
    work: Run, group: Workshop
) -> None:
    by = staff("release_run")
    release(run=work, by=by)
    end_links(workshop=group, by=COMMAND_LINE)
    for model in (Act, Run, Device, Workshop, User):
        model.objects.all().delete()
    index.rebuild()
    ended, released = Act.objects.newest_first()
    assert (released.run, released.actor_name, released.user) == (
        Run.objects.get(),
        "forscherin",
        None,
    )
    assert ended.workshop == released.workshop == Workshop.objects.get()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_stands_in_no_file(group: Workshop) -> None:
    class Stumbled(Exception):
        pass

    with pytest.raises(Stumbled), transaction.atomic():
        pause_workshop(workshop=group, by=COMMAND_LINE)
        raise Stumbled
    assert not acts_file().exists()
    assert not Act.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_keeps_nobody_from_a_break_and_the_lines_are_written_later(
    full_disk: Callable[[], None], work: Run, group: Workshop, archive: Path
) -> None:
    release(run=work, by=COMMAND_LINE)
    # Its block would have room for more.
    acts_file().unlink()
    full_disk()
    assert pause_workshop(workshop=group, by=COMMAND_LINE)
    with pytest.raises(ArchiveError):
        take_back(run=work, by=COMMAND_LINE)
    work.refresh_from_db()
    group.refresh_from_db()
    assert (group.paused, work.released_at) == (True, None)
    (archive / "filling").unlink()
    missing = [fault for _file, fault in verify.find_faults()]
    assert [fault.rpartition(" is missing")[0] for fault in missing] == list(
        Act.objects.order_by("pk").values_list("act_id", flat=True)
    )
    assert len(act_index.write_missing()) == 3
    assert act_index.write_missing() == []
    assert not list(act_index.find_unwritten())
    before = rows()
    Act.objects.all().delete()
    act_index.rebuild_acts()
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_lines_that_are_no_acts_are_named_and_hide_no_others(
    group: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    end_links(workshop=group, by=COMMAND_LINE)
    line = json.loads(acts_file().read_text())
    id_ = line["id"]
    odd = [
        b"{}",
        b"[1]",
        b"\xff\xfe",
        json.dumps(line | {"id": "../../etc"}).encode(),
        json.dumps(line | {"id": id_[:-1] + "g"}).encode(),
        json.dumps(line | {"at": "2026-11-24T10:00:00"}).encode(),
        json.dumps(line | {"verb": "x" * 41}).encode(),
        json.dumps(line | {"details": {"so": float("inf")}}).encode(),
        json.dumps(line | {"by": None}).encode(),
        # As a crash of the machine leaves it.
        json.dumps(line)[:50].encode(),
    ]
    with acts_file().open("ab") as file:
        file.write(b"\n".join(odd))
    pause_workshop(workshop=group, by=COMMAND_LINE)
    with acts_file().open("ab") as file:
        file.write(json.dumps(line | {"verb": "dance"}).encode())
    Act.objects.all().delete()
    call_command("index_runs")
    assert [act.verb for act in Act.objects.order_by("pk")] == ["end_links", "pause"]
    assert capsys.readouterr().err.splitlines() == [
        f"json/{timezone.localdate()}/{FILENAME}: line {number} is no act"
        for number in range(2, 2 + len(odd))
    ]


def test_a_verb_of_a_later_version_is_kept(archive: Path) -> None:
    folder = archive / "json" / "2026-11-24"
    folder.mkdir(parents=True)
    line = {
        "id": "act_1764000000123_0123456789abcdef",
        "at": "2026-11-24T17:00:00.123456+01:00",
        "verb": "dance",
        "by": {"kind": "command"},
        "on": None,
        "workshop": None,
        "details": {},
        "undoes": None,
    }
    (folder / FILENAME).write_text(json.dumps(line))
    assert index.rebuild().acts.indexed == 1
    assert Act.objects.get().verb == "dance"


_PRELUDE = """
import sys
from pathlib import Path
from django.conf import settings
import django
django.setup()
settings.ARCHIVE_ROOT = Path(sys.argv[1])
from datetime import date
from runs import archive
from runs.act_files import append_acts
from runs.acts import COMMAND_LINE, Verb, new_act
def append():
    append_acts([(new_act(Verb.PRINT, by=COMMAND_LINE, details={"runs": ["x" * 9000]}), "")])
print("ready", flush=True)
"""


def _appending(archive: Path, code: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "ai4artsed.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", _PRELUDE + code, str(archive)],
        env=environment,
        stdout=subprocess.PIPE,
    )


def test_processes_that_append_at_the_same_time_lose_no_line(archive: Path) -> None:
    processes = [_appending(archive, "for _ in range(60): append()") for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    (file,) = read_files()
    assert (len(file.lines), file.faults) == (180, [])


def test_a_process_that_is_killed_while_it_appends_leaves_a_file_that_can_be_read(
    archive: Path,
) -> None:
    for number in range(1, 4):
        process = _appending(archive, "while True: append(); print(flush=True)")
        assert process.stdout is not None
        for _line in range(5 * number):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        process.stdout.close()
    before = sum(len(file.lines) for file in read_files())
    # The first line only says that it is ready.
    assert before >= 4 + 9 + 14
    assert _appending(archive, "append()").wait(60) == 0
    assert sum(len(file.lines) for file in read_files()) == before + 1


# For those who look --------------------------------------------------------------------------


def test_staff_are_told_who_did_what_with_a_run_and_participants_are_not(work: Run) -> None:
    client = staff_browser("view_run")
    release(run=work, by=User.objects.create_superuser("leitung"))
    take_back(run=work, by=COMMAND_LINE)
    taken, released = client.get(f"/api/runs/{work.run_id}/").json()["acts"]
    assert (released["verb"], released["by"], released["undone_by"]) == (
        "release",
        "leitung",
        taken["id"],
    )
    assert (taken["verb"], taken["kind"], taken["by"]) == ("take_back", "command", "")
    release(run=work, by=COMMAND_LINE)
    neighbour, _device = browser_of("device-neighbour", workshop=work.workshop)
    assert "acts" not in neighbour.get(f"/api/runs/{work.run_id}/").json()


def test_a_batch_of_acts_is_recorded_at_once(group: Workshop) -> None:
    devices = [Device.objects.create(pk=f"tablet-{number}") for number in range(3)]
    record(*(new_act(Verb.NAME, by=COMMAND_LINE, device=device) for device in devices))
    assert [act.device for act in Act.objects.order_by("pk")] == devices
